"""Deep mask of the layer above.

expected kind: wrong-mask or wrong-point or stale-value
wrong line: 86
correction 86: dZ = dA * (values["Z%d" % (l - 1)] > 0)
what: The ReLU's mask is that of the layer above
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 3), (4, 1), (4, 4), (4, 1), (1, 4), (1, 1), (3, 9)]
    W1, b1, W2, b2, W3, b3, X = (r.normal(size=s) for s in shapes)
    return W1, b1, W2, b2, W3, b3, X, np.array([[0, 1, 1, 0, 1, 0, 0, 1, 1]])


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    A1 = np.maximum(0, W1 @ X + b1)
    A2 = np.maximum(0, W2 @ A1 + b2)
    AL = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / Y.shape[1]


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A = np.maximum(0, Z) if activation == "relu" else 1 / (1 + np.exp(-Z))
    return A, ((A_prev, W, b), Z)


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def linear_activation_backward(dA, cache, activation):
    linear_cache, Z = cache
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
    else:
        s = 1 / (1 + np.exp(-Z))
        dZ = dA * s * (1 - s)
    return linear_backward(dZ, linear_cache)


def right(W1, b1, W2, b2, W3, b3, X, Y):
    A, caches, grads = X, [], {}
    for W, b, activation in ((W1, b1, "relu"), (W2, b2, "relu"), (W3, b3, "sigmoid")):
        A, cache = linear_activation_forward(A, W, b, activation)
        caches.append(cache)
    dA = -(np.divide(Y, A) - np.divide(1 - Y, 1 - A))
    for l in (3, 2, 1):
        activation = "sigmoid" if l == 3 else "relu"
        dA, dW, db = linear_activation_backward(dA, caches[l - 1], activation)
        grads["W" + str(l)] = dW
        grads["b" + str(l)] = db
    return grads


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    L = len(parameters) // 2
    m = X.shape[1]
    values = {"A0": X}
    for l in range(1, L + 1):
        Z = parameters["W%d" % l] @ values["A%d" % (l - 1)] + parameters["b%d" % l]
        values["Z%d" % l] = Z
        values["A%d" % l] = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
    gradients = {}
    dZ = (values["A%d" % L] - Y) / m
    for l in reversed(range(1, L + 1)):
        gradients["W%d" % l] = dZ @ values["A%d" % (l - 1)].T
        gradients["b%d" % l] = dZ.sum(axis=1, keepdims=True)
        if l > 1:
            dA = parameters["W%d" % l].T @ dZ
            dZ = dA * (values["Z%d" % l] > 0)
    return gradients

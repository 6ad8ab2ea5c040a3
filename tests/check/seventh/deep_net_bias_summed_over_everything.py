"""Deep net bias summed over everything.

expected kind: wrong-axis or wrong-shape
wrong line: 54
correction 54: db = np.sum(dZ, axis=1, keepdims=True) / m
what: All biases of a layer get the same number, the sum over units and examples
source: https://github.com/rasbt/stat453-deep-learning-ss21/issues/5
said: the sum is one over all biases and is broadcast to them afterwards; after training they are all the same
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes = [3, 6, 4, 1]
    params = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        params += [r.normal(size=(n_out, n_in)) * 0.6, r.normal(size=(n_out, 1))]
    return *params, r.normal(size=(3, 8)), np.array([[1.0, 0, 0, 1, 1, 0, 1, 0]])


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    A = np.maximum(0, W2 @ np.maximum(0, W1 @ X + b1) + b2)
    AL = 1 / (1 + np.exp(-(W3 @ A + b3)))
    return np.squeeze(-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / Y.shape[1])


def right(W1, b1, W2, b2, W3, b3, X, Y):
    Z1 = W1 @ X + b1
    Z2 = W2 @ Z1.clip(0) + b2
    d3 = (1 / (1 + np.exp(-(W3 @ Z2.clip(0) + b3))) - Y) / Y.size
    d2 = W3.T @ d3 * (Z2 > 0)
    d1 = W2.T @ d2 * (Z1 > 0)
    return d1 @ X.T, d1.sum(1)[:, None], d2 @ Z1.clip(0).T, d2.sum(1)[:, None], d3 @ Z2.clip(0).T, d3.sum(1)[:, None]


def model_forward(X, parameters):
    A, caches = X, []
    L = len(parameters) // 2
    for l in range(1, L + 1):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        caches.append(((A, parameters["W" + str(l)], parameters["b" + str(l)]), Z))
        A = np.maximum(0, Z) if l < L else 1 / (1 + np.exp(-Z))
    return A, caches


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.ones(b.shape) * np.sum(dZ) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def sigmoid_backward(dA, Z):
    s = 1 / (1 + np.exp(-Z))
    return dA * s * (1 - s)


def relu_backward(dA, Z):
    return np.multiply(dA, np.int64(Z > 0))


def model_backward(AL, Y, caches):
    grads = {}
    L = len(caches)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    lin, Z = caches[L - 1]
    grads["dA" + str(L - 1)], grads["dW" + str(L)], grads["db" + str(L)] = linear_backward(sigmoid_backward(dAL, Z), lin)
    for l in reversed(range(L - 1)):
        lin, Z = caches[l]
        dZ = relu_backward(grads["dA" + str(l + 1)], Z)
        dA_prev, dW, db = linear_backward(dZ, lin)
        grads["dA" + str(l)] = dA_prev
        grads["dW" + str(l + 1)] = dW
        grads["db" + str(l + 1)] = db
    return grads


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    AL, caches = model_forward(X, parameters)
    grads = model_backward(AL, Y, caches)
    return {name: grads["d" + name] for name in PARAMETERS}

"""Hidden layers that all take the last gradient.

expected kind: stale-value or wrong-point or wrong-parameter
wrong line: 84
correction 84: dA_prev, dW, db = linear_activation_backward(grads["dA" + str(l + 1)], current_cache, "tanh")
what: Every hidden layer is led back from the gradient of the last activations, not from that of the layer above it
source: https://github.com/fanghao6666/neural-networks-and-deep-learning/pull/7
said: the first input of the backward step in the loop should be the gradient of layer l + 1, not of layer L
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3", "W4", "b4"]


def data(seed=0):
    r = np.random.default_rng(seed)
    p = [a for l in range(3) for a in (r.normal(size=(4, 4)), r.normal(size=(4, 1)))]
    return *p, r.normal(size=(1, 4)), r.normal(size=(1, 1)), r.normal(size=(4, 6)), r.integers(0, 2, (1, 6))


def loss(W1, b1, W2, b2, W3, b3, W4, b4, X, Y):
    A = X
    for W, b in [(W1, b1), (W2, b2), (W3, b3)]:
        A = np.tanh(W @ A + b)
    AL = 1 / (1 + np.exp(-(W4 @ A + b4)))
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / X.shape[1]


def right(W1, b1, W2, b2, W3, b3, W4, b4, X, Y):
    A1 = np.tanh(W1 @ X + b1)
    A2 = np.tanh(W2 @ A1 + b2)
    A3 = np.tanh(W3 @ A2 + b3)
    d4 = (1 / (1 + np.exp(-(W4 @ A3 + b4))) - Y) / X.shape[1]
    d3 = W4.T @ d4 * (1 - A3**2)
    d2 = W3.T @ d3 * (1 - A2**2)
    d1 = W2.T @ d2 * (1 - A1**2)
    out = []
    for d, a in [(d1, X), (d2, A1), (d3, A2), (d4, A3)]:
        out += [d @ a.T, d.sum(1, keepdims=True)]
    return out


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def linear_activation_backward(dA, cache, activation):
    linear_cache, A = cache
    if activation == "tanh":
        dZ = dA * (1 - A**2)
    else:
        dZ = dA * A * (1 - A)
    return linear_backward(dZ, linear_cache)


def L_model_forward(X, parameters):
    caches, A = [], X
    L = len(parameters) // 2
    for l in range(1, L + 1):
        A_prev = A
        W, b = parameters["W" + str(l)], parameters["b" + str(l)]
        Z = np.dot(W, A_prev) + b
        A = np.tanh(Z) if l < L else 1 / (1 + np.exp(-Z))
        caches.append(((A_prev, W, b), A))
    return A, caches


def backprop(W1, b1, W2, b2, W3, b3, W4, b4, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3, "W4": W4, "b4": b4}
    AL, caches = L_model_forward(X, parameters)
    grads = {}
    L = len(caches)
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    dA, grads["W" + str(L)], grads["b" + str(L)] = linear_activation_backward(dAL, caches[L - 1], "sigmoid")
    grads["dA" + str(L - 1)] = dA
    for l in reversed(range(L - 1)):
        current_cache = caches[l]
        dA_prev, dW, db = linear_activation_backward(grads["dA" + str(L - 1)], current_cache, "tanh")
        grads["dA" + str(l)] = dA_prev
        grads["W" + str(l + 1)] = dW
        grads["b" + str(l + 1)] = db
    return grads

"""Combined deep slope of the layer before and one decay too many.

expected kind: wrong-point or stale-value or wrong-activation or missing-factor + scale or mean-for-sum or sum-for-mean or missing-factor
wrong line: 90 or 89 and 85
correction 85: dW += L2 / m * W
correction 89: delta = (1 + activations[l]) * (W.T @ delta)
correction 90: delta *= 1 - activations[l] ** 2
what: The slope of tanh isn't squared; the decay isn't divided by the examples
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

L2 = 0.3
PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes, given = [3, 5, 4, 1], []
    for n, m in zip(sizes, sizes[1:]):
        given += [r.normal(size=(m, n)), r.normal(size=(m, 1))]
    return (*given, r.normal(size=(3, 6)), np.array([[1, 0, 0, 1, 1, 0]]))


def loss(W1, b1, W2, b2, W3, b3, X, Y):
    A1 = np.tanh(W1 @ X + b1)
    A2 = np.tanh(W2 @ A1 + b2)
    AL = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    m = X.shape[1]
    penalty = np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2)
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m + L2 / (2 * m) * penalty


def linear_backward(dZ, cache):
    A_prev, W = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m + L2 / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return np.dot(W.T, dZ), dW, db


def model_forward(X, parameters):
    caches, A = [], X
    L = len(parameters) // 2
    for l in range(1, L + 1):
        W, b = parameters["W" + str(l)], parameters["b" + str(l)]
        caches.append((A, W))
        Z = np.dot(W, A) + b
        A = np.tanh(Z) if l < L else 1 / (1 + np.exp(-Z))
    return A, caches


def model_backward(AL, Y, caches):
    grads, L = {}, len(caches)
    dAL = -(Y / AL - (1 - Y) / (1 - AL))
    dZ = dAL * AL * (1 - AL)
    dA, grads["W" + str(L)], grads["b" + str(L)] = linear_backward(dZ, caches[L - 1])
    for l in reversed(range(L - 1)):
        A = caches[l + 1][0]
        dZ = dA * (1 - A**2)
        dA, grads["W" + str(l + 1)], grads["b" + str(l + 1)] = linear_backward(dZ, caches[l])
    return grads


def right(W1, b1, W2, b2, W3, b3, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    AL, caches = model_forward(X, parameters)
    return model_backward(AL, Y, caches)


def backprop(W1, b1, W2, b2, W3, b3, X, Y):
    params = [(W1, b1), (W2, b2), (W3, b3)]
    m = X.shape[1]
    activations = [X]
    for W, b in params[:-1]:
        activations.append(np.tanh(W @ activations[-1] + b))
    out = 1 / (1 + np.exp(-(W3 @ activations[-1] + b3)))
    delta = (out - Y) / m
    grads = []
    for l in range(len(params) - 1, -1, -1):
        W, _ = params[l]
        dW = delta @ activations[l].T
        dW += L2 * W
        db = delta.sum(axis=1, keepdims=True)
        grads = [dW, db] + grads
        if l > 0:
            delta = W.T @ delta
            delta *= 1 - activations[l]
    return grads

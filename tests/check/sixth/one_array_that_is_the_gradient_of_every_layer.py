"""One array that is the gradient of every layer.

expected kind: repeated-term or wrong-parameter
wrong line: 48
correction 48: grads = [np.zeros_like(W) for W in weights]
what: The list of gradients holds the same array for each layer, so that each has the sum of all
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W0", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return *(0.7 * r.normal(size=(3, 4, 4))), r.normal(size=(6, 4)), r.normal(size=(6, 4))


def loss(W0, W1, W2, X, Y):
    a = X
    for W in (W0, W1, W2):
        a = 1 / (1 + np.exp(-(a @ W)))
    return np.sum((a - Y) ** 2)


def right(W0, W1, W2, X, Y):
    s = lambda z: 1 / (1 + np.exp(-z))
    a = s(X @ W0)
    b = s(a @ W1)
    c = s(b @ W2)
    dc = 2 * (c - Y) * c * (1 - c)
    db = dc @ W2.T * b * (1 - b)
    da = db @ W1.T * a * (1 - a)
    return X.T @ da, a.T @ db, b.T @ dc


def feed(weights, x):
    outputs = [x]
    for W in weights:
        outputs.append(1 / (1 + np.exp(-np.dot(outputs[-1], W))))
    return outputs


def backprop(W0, W1, W2, X, Y):
    weights = [W0, W1, W2]
    grads = [np.zeros_like(W0)] * len(weights)
    for x, y in zip(X, Y):
        outputs = feed(weights, x)
        delta = 2 * (outputs[-1] - y)
        for i in reversed(range(len(weights))):
            delta = delta * outputs[i + 1] * (1 - outputs[i + 1])
            grads[i] += np.outer(outputs[i], delta)
            delta = np.dot(weights[i], delta)
    return grads

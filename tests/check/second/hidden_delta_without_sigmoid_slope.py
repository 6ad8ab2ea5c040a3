"""Hidden delta without sigmoid slope.

expected kind: missing-factor
wrong line: 58
correction 58: dZ1 = dA1 * cache["A1"] * (1 - cache["A1"])
what: The delta of the hidden layer lacks the slope of the sigmoid
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=2)
    return W1, b1, W2, b2, r.normal(size=(6, 3)), r.uniform(size=(6, 2))


def loss(W1, b1, W2, b2, X, Y):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    o = 1 / (1 + np.exp(-(h @ W2 + b2)))
    return np.mean((o - Y) ** 2)


def right(W1, b1, W2, b2, X, Y):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    o = 1 / (1 + np.exp(-(h @ W2 + b2)))
    e = 2 / Y.size * (o - Y) * o * (1 - o)
    f = e @ W2.T * h * (1 - h)
    return X.T @ f, f.sum(0), h.T @ e, e.sum(0)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, p):
    cache = {"A0": X}
    for l in (1, 2):
        cache["Z%d" % l] = np.dot(cache["A%d" % (l - 1)], p["W%d" % l]) + p["b%d" % l]
        cache["A%d" % l] = sigmoid(cache["Z%d" % l])
    return cache["A2"], cache


def backprop(W1, b1, W2, b2, X, Y):
    p = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    out, cache = forward(X, p)
    n = Y.shape[0] * Y.shape[1]
    grads = {}
    dA2 = 2 * (out - Y) / n
    dZ2 = dA2 * cache["A2"] * (1 - cache["A2"])
    grads["W2"] = np.dot(cache["A1"].T, dZ2)
    grads["b2"] = np.sum(dZ2, axis=0)
    dA1 = np.dot(dZ2, W2.T)
    dZ1 = dA1
    grads["W1"] = np.dot(X.T, dZ1)
    grads["b1"] = np.sum(dZ1, axis=0)
    return grads

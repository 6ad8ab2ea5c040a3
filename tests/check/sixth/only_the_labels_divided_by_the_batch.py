"""Only the labels divided by the batch.

expected kind: sum-for-mean or scale
wrong line: 48
correction 48: dscores = (probs - Y) / n
what: A pair of brackets is missing: the labels are divided by the number of examples, the probabilities aren't
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2 = r.normal(size=(4, 6)), r.normal(size=(6, 3))
    return W1, r.normal(size=6), W2, r.normal(size=3), r.normal(size=(5, 4)), np.eye(3)[r.integers(0, 3, 5)]


def loss(W1, b1, W2, b2, X, Y):
    z = np.maximum(X @ W1 + b1, 0) @ W2 + b2
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - np.sum(Y * z, axis=1))


def right(W1, b1, W2, b2, X, Y):
    h = X @ W1 + b1
    a = np.where(h > 0, h, 0)
    z = a @ W2 + b2
    p = np.exp(z - z.max(1, keepdims=True))
    d = (p / p.sum(1, keepdims=True) - Y) / len(X)
    e = np.where(h > 0, d @ W2.T, 0)
    return X.T @ e, e.sum(0), a.T @ d, d.sum(0)


def softmax(z):
    shifted = z - np.max(z, axis=1, keepdims=True)
    return np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)


def backprop(W1, b1, W2, b2, X, Y):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grads = {}
    n = X.shape[0]
    hidden = np.maximum(0, X.dot(params["W1"]) + params["b1"])
    probs = softmax(hidden.dot(params["W2"]) + params["b2"])
    dscores = probs - Y / n
    grads["W2"] = hidden.T.dot(dscores)
    grads["b2"] = dscores.sum(axis=0)
    dhidden = dscores.dot(params["W2"].T)
    dhidden[hidden <= 0] = 0
    grads["W1"] = X.T.dot(dhidden)
    grads["b1"] = dhidden.sum(axis=0)
    return grads

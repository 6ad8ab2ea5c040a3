"""Relu net mask of the gradient itself.

expected kind: wrong-mask
wrong line: 53
correction 53: dh1[h1 <= 0] = 0
what: What is set to zero is where the gradient is negative, and not where the unit is off
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(7, 4)), r.integers(4, size=7)
    return X, y, r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=(6, 4)), r.normal(size=4), 0.1


def loss(X, y, W1, b1, W2, b2, reg):
    scores = np.maximum(0, X @ W1 + b1) @ W2 + b2
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    data_loss = -np.mean(logp[np.arange(len(y)), y])
    return data_loss + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))


def right(X, y, W1, b1, W2, b2, reg):
    z = X @ W1 + b1
    s = z.clip(0) @ W2 + b2
    e = np.exp(s - s.max(1)[:, None])
    g = (e / e.sum(1)[:, None] - np.eye(4)[y]) / len(y)
    k = np.where(z > 0, g @ W2.T, 0)
    return X.T @ k + reg * W1, k.sum(0), z.clip(0).T @ g + reg * W2, g.sum(0)


def backprop(X, y, W1, b1, W2, b2, reg):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grads = {}
    N = X.shape[0]
    h1 = np.maximum(0, np.dot(X, params["W1"]) + params["b1"])
    scores = np.dot(h1, params["W2"]) + params["b2"]
    unnormalized = np.exp(scores)
    probs = unnormalized / np.sum(unnormalized, axis=1, keepdims=True)
    dscores = probs
    dscores[range(N), y] -= 1
    dscores /= N
    grads["W2"] = np.dot(h1.T, dscores)
    grads["b2"] = np.sum(dscores, axis=0)
    dh1 = np.dot(dscores, params["W2"].T)
    dh1[dh1 <= 0] = 0
    grads["W1"] = np.dot(X.T, dh1)
    grads["b1"] = np.sum(dh1, axis=0)
    grads["W2"] += reg * params["W2"]
    grads["W1"] += reg * params["W1"]
    return grads

"""Softmax divided by all elements.

expected kind: scale or mean-for-sum
wrong line: 61
correction 61: dscores = dscores / n
what: The mean is taken over examples and classes, not over examples
source: https://github.com/victorlempitsky/Mate/issues/2
said: the derivative of the softmax loss is normalised by the number of elements instead of the size of the batch
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, X = (r.normal(size=s) for s in [(3, 4), 3, (8, 4)])
    class_weight = r.uniform(0.5, 3, size=3)
    return W, b, X, np.array([1, 0, 2, 2, 0, 1, 2, 2]), class_weight


def loss(W, b, X, y, class_weight):
    scores = np.dot(X, W.T) + b
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(class_weight[y] * log_p[np.arange(len(y)), y]) + 0.05 * np.sum(W**2)


def right(W, b, X, y, class_weight):
    N, K = len(y), len(b)
    scores = X.dot(W.T) + b
    e = np.exp(scores)
    p = e / e.sum(1)[:, None]
    dW = 2 * 0.05 * W
    db = np.zeros(K)
    for k in range(K):
        target = (y == k).astype(float)
        weight = class_weight[y]
        error = weight * (p[:, k] - target)
        dW[k] += error.dot(X) / N
        db[k] = error.mean()
    return dW, db


def one_hot(y, k):
    out = np.zeros((y.size, k))
    out[np.arange(y.size), y] = 1.0
    return out


def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def backprop(W, b, X, y, class_weight):
    n, k = X.shape[0], W.shape[0]
    probs = softmax(X @ W.T + b)
    dscores = (probs - one_hot(y, k)) * class_weight[y][:, None]
    dscores = dscores / dscores.size
    dW = np.einsum("nk,nd->kd", dscores, X) + 0.1 * W
    db = np.einsum("nk->k", dscores)
    return dW, db

"""Arrays glove vectors on one side.

expected kind: missing-term or detached
wrong line: 74 or 75
correction 74: dW = np.dot(dsim, W) + np.dot(dsim.T, W)
correction 75: dW += np.dot(dsim.T, W); db = np.sum(dpred, axis=1, keepdims=True)
given as: arrays
what: The same vectors stand on both sides of the product; only the left one is learnt
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
X_MAX = 8


def data(seed=0):
    r = np.random.default_rng(seed)
    counts = np.array([[2, 5, 1, 0, 9], [0, 1, 3, 12, 2], [4, 1, 0, 2, 1], [7, 0, 1, 6, 0], [1, 3, 20, 2, 5]])
    return r.normal(size=(5, 2)), r.normal(size=(5, 1)), counts


def loss(W, b, counts):
    weight = np.minimum(counts / X_MAX, 1) ** 0.5
    target = np.log(np.maximum(counts, 1))
    return 0.5 * np.sum(weight * (W @ W.T + b + b.T - target) ** 2)


def pairs(counts):
    for i, row in enumerate(counts):
        for j, x in enumerate(row):
            if x > 0:
                yield i, j, x


def right(W, b, counts):
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)
    for i, j, x in pairs(counts):
        weight = 1.0 if x >= X_MAX else (x / X_MAX) ** 0.5
        inner = W[i] @ W[j] + b[i, 0] + b[j, 0] - np.log(x)
        g = weight * inner
        dW[i] += g * W[j]
        dW[j] += g * W[i]
        db[i] += g
        db[j] += g
    return dW, db


def f(x):
    weight = np.ones(x.shape)
    weight[x < X_MAX] = np.sqrt(x[x < X_MAX] / X_MAX)
    return weight


def forward(params, counts):
    sim = np.dot(params["W"], params["W"].T)
    pred = sim + params["b"] + params["b"].T
    log_counts = np.zeros(counts.shape)
    log_counts[counts > 0] = np.log(counts[counts > 0])
    error = pred - log_counts
    cost = 0.5 * np.sum(f(counts) * error**2)
    return cost, (error, counts, params)


def backward(cache):
    error, counts, params = cache
    W = params["W"]
    dpred = f(counts) * error
    dsim = dpred
    # the same vectors stand on both sides
    dW = np.dot(dsim, W)
    db = np.sum(dpred, axis=1, keepdims=True)
    db += np.sum(dpred, axis=0, keepdims=True).T
    return {"W": dW, "b": db}


def backprop(W, b, counts):
    cost, cache = forward({"W": W, "b": b}, counts)
    return backward(cache)

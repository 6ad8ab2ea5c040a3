"""An RBF network: the centres

expected kind: sign or swapped-operands
wrong line: 42
correction 42: gc[k] = 2 * gamma * common @ (X - c[k])
given as: arrays
what: the difference of centre and point is taken the wrong way round in the gradient of the centres
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["c", "w"]
gamma = 0.4


def loss(X, Y, c, w):
    d2 = np.sum(X ** 2, axis=1)[:, None] + np.sum(c ** 2, axis=1) - 2 * X @ c.T
    return 0.5 * np.sum((np.exp(-gamma * d2) @ w - Y) ** 2)


def right(X, Y, c, w):
    K = len(c)
    g = np.exp(-gamma * np.array([np.sum((X - c[k]) ** 2, axis=1) for k in range(K)]).T)
    err = g @ w - Y
    gw = g.T @ err
    gc = np.zeros_like(c)
    for k in range(K):
        common = (err @ w[k]) * g[:, k]
        gc[k] = 2 * gamma * common @ (X - c[k])
    return gc, gw


def backprop(X, Y, c, w):
    K = len(c)
    g = np.exp(-gamma * np.array([np.sum((X - c[k]) ** 2, axis=1) for k in range(K)]).T)
    err = g @ w - Y
    gw = g.T @ err
    gc = np.zeros_like(c)
    for k in range(K):
        common = (err @ w[k]) * g[:, k]
        gc[k] = 2 * gamma * common @ (c[k] - X)
    return gc, gw


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(8, 3)), rng.normal(size=(8, 2)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))]

"""Regression with the smooth L1 loss: the quadratic part

expected kind: missing-factor or scale
wrong line: 42
correction 42: g[n] = r[n] / beta
what: in the quadratic part the residual is to be divided by beta
source: https://github.com/keras-team/keras-cv/issues/920
said: beta is missing in the denominator of a smooth L1 loss, which is right only for a threshold of 1
"""
import numpy as np

PARAMETERS = ["w", "b"]
beta = 0.5


def loss(X, y, w, b):
    r = X @ w + b - y
    quadratic = 0.5 * r ** 2 / beta
    linear = np.abs(r) - 0.5 * beta
    return np.mean(np.where(np.abs(r) < beta, quadratic, linear))


def right(X, y, w, b):
    r = X @ w + b - y
    g = np.zeros_like(r)
    for n in range(len(r)):
        if abs(r[n]) < beta:
            g[n] = r[n] / beta
        elif r[n] > 0:
            g[n] = 1
        else:
            g[n] = -1
    g = g / len(r)
    return {"w": X.T @ g, "b": np.sum(g)}


def backprop(X, y, w, b):
    r = X @ w + b - y
    g = np.zeros_like(r)
    for n in range(len(r)):
        if abs(r[n]) < beta:
            g[n] = r[n]
        elif r[n] > 0:
            g[n] = 1
        else:
            g[n] = -1
    g = g / len(r)
    return {"w": X.T @ g, "b": np.sum(g)}


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, w, b = rng.normal(size=(10, 3)), rng.normal(size=3), np.array(0.1)
    residuals = rng.permutation([-2.0, -1.1, -0.7, -0.35, -0.2, 0.1, 0.3, 0.42, 0.9, 1.6])
    return [X, X @ w + b - residuals, w, b]

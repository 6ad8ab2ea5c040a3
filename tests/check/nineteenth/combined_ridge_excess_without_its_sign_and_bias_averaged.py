"""Combined ridge excess without its sign and bias averaged.

expected kind: missing-factor or sign + mean-for-sum
wrong line: 54 or 53 and 56
correction 54: dout = 2 * excess * np.sign(residuals) / n
correction 53: excess = np.maximum(np.abs(residuals) - TOL, 0) * np.sign(residuals)
correction 56: grads["b"] = dout.sum(axis=0)
what: The sign of the absolute value is left out; the bias takes the mean over examples that were divided by their number already
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]
TOL = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=2), r.normal(size=(12, 3)), r.normal(size=(12, 2))


def loss(W, b, X, Y):
    r = X @ W + b - Y
    return np.sum(np.maximum(np.abs(r) - TOL, 0) ** 2) / len(X)


def slope(residual):
    if residual > TOL:
        g = 2 * (residual - TOL)
    elif residual < -TOL:
        g = 2 * (residual + TOL)
    else:
        g = 0.0
    return g


def right(W, b, X, Y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, target in zip(X, Y):
        out = x @ W + b
        for k in range(len(b)):
            g = slope(out[k] - target[k]) / len(X)
            dW[:, k] += g * x
            db[k] += g
    return dW, db


def backprop(W, b, X, Y):
    n = len(X)
    residuals = X.dot(W) + b - Y
    excess = np.maximum(np.abs(residuals) - TOL, 0)
    dout = 2 * excess / n
    grads = {"W": X.T.dot(dout)}
    grads["b"] = dout.mean(axis=0)
    return grads

"""Ridge tolerance on one side only.

expected kind: wrong-mask or sign
wrong line: 40
correction 40: elif residual < -TOL:
what: Residuals within the tolerance have a slope, since the lower bound lacks its minus
source: https://github.com/scikit-learn/scikit-learn/issues/6728
said: in the squared epsilon-insensitive loss the second comparison needs a minus before epsilon
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


def right(W, b, X, Y):
    n = len(X)
    residuals = X.dot(W) + b - Y
    excess = np.maximum(np.abs(residuals) - TOL, 0)
    dout = 2 * excess * np.sign(residuals) / n
    grads = {"W": X.T.dot(dout)}
    grads["b"] = dout.sum(axis=0)
    return grads


def slope(residual):
    if residual > TOL:
        g = 2 * (residual - TOL)
    elif residual < TOL:
        g = 2 * (residual + TOL)
    else:
        g = 0.0
    return g


def backprop(W, b, X, Y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, target in zip(X, Y):
        out = x @ W + b
        for k in range(len(b)):
            g = slope(out[k] - target[k]) / len(X)
            dW[:, k] += g * x
            db[k] += g
    return dW, db

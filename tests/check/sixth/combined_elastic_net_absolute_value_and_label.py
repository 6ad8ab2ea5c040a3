"""Combined elastic net absolute value and label.

expected kind: wrong-activation + missing-factor
wrong line: 38 and 45
correction 38: l1 = self.alpha * self.l1_ratio * np.sign(w)
correction 45: coef = -y / (1.0 + np.exp(margin))
what: The first part of the penalty has the weights' size where their sign belongs, and the loss of labels plus and
    minus one lacks the label
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=5), np.array(r.normal()), r.normal(size=(9, 5)), 2 * r.integers(0, 2, 9) - 1.0


def loss(w, b, X, y):
    margin = y * (X @ w + b)
    return np.mean(np.log(1 + np.exp(-margin))) + 0.3 * (0.4 * np.sum(np.abs(w)) + 0.3 * np.sum(w**2))


def right(w, b, X, y):
    e = -y / (1 + np.exp(y * (X @ w + b))) / len(y)
    return e @ X + 0.12 * np.sign(w) + 0.18 * w, e.sum()


class ElasticNetLogistic:
    def __init__(self, alpha=0.3, l1_ratio=0.4):
        self.alpha, self.l1_ratio = alpha, l1_ratio

    def penalty_gradient(self, w):
        l1 = self.alpha * self.l1_ratio * np.abs(w)
        l2 = self.alpha * (1 - self.l1_ratio) * w
        return l1 + l2

    def gradient(self, w, b, X, y):
        n = len(y)
        margin = y * (np.dot(X, w) + b)
        coef = -1.0 / (1.0 + np.exp(margin))
        return np.dot(X.T, coef) / n + self.penalty_gradient(w), np.sum(coef) / n


def backprop(w, b, X, y):
    return ElasticNetLogistic().gradient(w, b, X, y)

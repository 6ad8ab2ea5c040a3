"""Combined squared hinge two and penalised offset.

expected kind: scale or missing-factor + repeated-term
wrong line: 43 and 47
correction 43: step = 2 * C * slack * yi
correction 47: pass
what: The squares of the margins are differentiated without the two, and the offset is penalised, which the loss
    doesn't do
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b"]
C = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), 0.5, r.normal(size=(8, 3)), np.array([1, -1, -1, 1, 1, -1, 1, -1])


def loss(w, b, X, y):
    margin = np.maximum(0, 1 - y * (X @ w + b))
    return 0.5 * np.sum(w**2) + C * np.sum(margin**2)


def right(w, b, X, y):
    d = -2 * C * y * np.clip(1 - y * (X @ w + b), 0, None)
    return w + d @ X, d.sum()


class LinearSVM:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def gradients(self, X, y):
        dw, db = np.zeros_like(self.w), 0.0
        for xi, yi in zip(X, y):
            slack = 1 - yi * (np.dot(xi, self.w) + self.b)
            if slack > 0:
                step = C * slack * yi
                dw -= step * xi
                db -= step
        dw += self.w
        db += self.b
        return dw, db


def backprop(w, b, X, y):
    return LinearSVM(w, b).gradients(X, y)

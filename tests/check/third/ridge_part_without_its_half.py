"""Ridge part without its half.

expected kind: scale or another-loss
wrong line: 38
correction 38: ridge = (1 - self.l1_ratio) * w
what: The squares of an elastic net are halved in the loss and not in the gradient
source: https://github.com/CamDavidsonPilon/lifelines/issues/1251
said: the penalty of the squares has to be divided by two
"""

import numpy as np

PARAMETERS = ["beta", "b0"]
LAM, RATIO = 0.5, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), 0.7, r.normal(size=(8, 4)), r.normal(size=8)


def loss(beta, b0, X, y):
    penalty = RATIO * np.sum(np.abs(beta)) + (1 - RATIO) / 2 * np.sum(beta**2)
    return np.mean((X @ beta + b0 - y) ** 2) / 2 + LAM * penalty


def right(beta, b0, X, y):
    e = (X @ beta + b0 - y) / len(y)
    return X.T @ e + LAM * (RATIO * np.sign(beta) + (1 - RATIO) * beta), e.sum()


class ElasticNet:
    def __init__(self, lam, l1_ratio):
        self.lam, self.l1_ratio = lam, l1_ratio

    def penalty_grad(self, w):
        lasso = self.l1_ratio * np.where(w > 0, 1, -1)
        ridge = 2 * (1 - self.l1_ratio) * w
        return self.lam * (lasso + ridge)

    def gradient(self, w, b, X, y):
        m, n = X.shape
        dw = np.zeros(n)
        db = 0.0
        for i in range(m):
            err = np.dot(X[i], w) + b - y[i]
            dw += err * X[i] / m
            db += err / m
        return dw + self.penalty_grad(w), db


def backprop(beta, b0, X, y):
    return ElasticNet(LAM, RATIO).gradient(beta, b0, X, y)

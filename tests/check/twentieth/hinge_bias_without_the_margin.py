"""Hinge bias without the margin.

expected kind: missing-factor or wrong-mask
wrong line: 51
correction 51: self.db = self.db - inside * label / n
what: The bias learns from all examples, also from those beyond the margin
source: https://github.com/proteus-h2020/proteus-solma/pull/52
said: the gradients have to be nothing where the margin is kept, so that of the bias is minus the label times an indicator
"""

import numpy as np

PARAMETERS = ["w", "b"]
REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=1), r.normal(size=(8, 4)), np.array([1, -1, 1, 1, -1, -1, 1, -1])


def loss(w, b, X, y):
    return np.mean(np.maximum(0, 1 - y * (X @ w + b))) + REG * np.sum(w**2)


def right(w, b, X, y):
    n_samples, n_features = X.shape
    grad_w, grad_b = [0.0] * n_features, 0.0
    for i in range(n_samples):
        activation = b[0]
        for j in range(n_features):
            activation += w[j] * X[i, j]
        if y[i] * activation >= 1:
            continue
        for j in range(n_features):
            grad_w[j] -= y[i] * X[i, j] / n_samples
        grad_b -= y[i] / n_samples
    for j in range(n_features):
        grad_w[j] += 2 * REG * w[j]
    return np.array(grad_w), np.array([grad_b])


class OnlineSVM:
    def __init__(self, w, b):
        self.w, self.b = w, b
        self.dw, self.db = 2 * REG * w, np.zeros(1)

    def see(self, x, label, n):
        inside = 1.0 if label * (x @ self.w + self.b[0]) < 1 else 0.0
        self.dw = self.dw - inside * label * x / n
        self.db = self.db - label / n


def backprop(w, b, X, y):
    svm = OnlineSVM(w, b)
    for x, label in zip(X, y):
        svm.see(x, label, len(y))
    return svm.dw, svm.db

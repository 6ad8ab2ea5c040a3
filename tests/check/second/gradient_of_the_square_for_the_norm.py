"""Gradient of the square for the norm.

expected kind: another-loss or missing-factor
wrong line: 36
correction 36: d_penalty = self.gamma * beta / np.sqrt(beta @ beta)
what: The penalty of the loss is the norm of the weights, the gradient is that of half its square
source: github.com/ddbourgin/numpy-ml, issue 53
said: The penalty is gamma * sqrt(beta @ beta), its gradient is given as gamma * beta.
"""

import numpy as np

PARAMETERS = ["beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(8, 4)), r.integers(0, 2, 8), 0.9


def loss(beta, X, y, gamma):
    p = 1 / (1 + np.exp(-(X @ beta)))
    return (-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) + gamma * np.sqrt(beta @ beta)) / len(y)


def right(beta, X, y, gamma):
    return (X.T @ (1 / (1 + np.exp(-X @ beta)) - y) + gamma * beta / np.linalg.norm(beta)) / len(y)


class LogisticRegression:
    def __init__(self, gamma):
        self.gamma = gamma

    def _NLL_grad(self, X, y, y_pred, beta):
        N = X.shape[0]
        d_penalty = self.gamma * beta
        return -(np.dot(y - y_pred, X) - d_penalty) / N


def backprop(beta, X, y, gamma):
    model = LogisticRegression(gamma)
    return model._NLL_grad(X, y, 1 / (1 + np.exp(-X.dot(beta))), beta)

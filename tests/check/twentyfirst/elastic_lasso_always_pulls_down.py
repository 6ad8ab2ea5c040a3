"""Elastic lasso always pulls down.

expected kind: missing-factor or wrong-activation
wrong line: 50
correction 50: return L1 * (1.0 if v > 0 else -1.0)
what: The derivative of the absolute value is always positive
source: https://github.com/bashardudin/Epita-SCIA-OCVX/issues/1
said: the gradient of the 1-norm doesn't keep the sign and is always positive
"""

import numpy as np

PARAMETERS = ["beta", "intercept"]
L1, L2 = 0.4, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    beta = r.normal(size=4)
    beta[1] = -0.2 - abs(beta[1])
    return beta, r.normal(size=1), r.normal(size=(7, 4)), r.normal(size=7)


def loss(beta, intercept, X, y):
    residual = X @ beta + intercept - y
    return 0.5 * np.mean(residual**2) + L1 * np.sum(np.abs(beta)) + 0.5 * L2 * np.sum(beta**2)


class ElasticNet:
    def __init__(self, beta, intercept):
        self.beta = beta
        self.intercept = intercept

    def predict(self, X):
        return X @ self.beta + self.intercept

    def gradient(self, X, y):
        r = self.predict(X) - y
        fit = X.T @ r / len(y)
        lasso = L1 * np.sign(self.beta)
        ridge = L2 * self.beta
        return fit + lasso + ridge, np.array([r.mean()])


def right(beta, intercept, X, y):
    return ElasticNet(beta, intercept).gradient(X, y)


def l1_gradient(v):
    return L1


def l2_gradient(v):
    return L2 * v


def backprop(beta, intercept, X, y):
    n, d = X.shape
    g, g0 = [], 0.0
    errors = [sum(X[i, k] * beta[k] for k in range(d)) + intercept[0] - y[i] for i in range(n)]
    for k in range(d):
        partial = 0.0
        for i in range(n):
            partial += errors[i] * X[i, k]
        g.append(partial / n + l1_gradient(beta[k]) + l2_gradient(beta[k]))
    for e in errors:
        g0 += e / n
    return np.array(g), np.array([g0])

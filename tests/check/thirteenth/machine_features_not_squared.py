"""Machine features not squared.

expected kind: missing-factor or wrong-point
wrong line: 62 or 63
correction 62: own = (X * weighted).sum(axis=0)
correction 63: g_V = weighted.T @ self.XV - (X * weighted).sum(axis=0)[:, None] * self.V + lam * self.V
what: What is taken off for a feature with itself has the feature, not its square
source: https://github.com/Johnson0722/CTR_Prediction/issues/8
said: X has to be squared there as well as V
"""

import numpy as np

PARAMETERS = ["w0", "w", "V"]

lam = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    return np.array(r.normal()), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=(6, 4)), np.array([1, 0, 1, 1, 0, 0])


def loss(w0, w, V, X, y):
    interactions = 0.5 * np.sum((X @ V) ** 2 - X**2 @ V**2, axis=1)
    score = w0 + X @ w + interactions
    return np.mean(np.log(1 + np.exp(score)) - y * score) + 0.5 * lam * np.sum(V**2)


def right(w0, w, V, X, y):
    n, k = X.shape[0], V.shape[1]
    grad_w0, grad_w, grad_V = 0.0, np.zeros(len(w)), np.zeros_like(V)
    for x, label in zip(X, y):
        summed = x @ V
        score = w0 + w @ x
        for f in range(k):
            score += 0.5 * (summed[f] ** 2 - np.sum((V[:, f] * x) ** 2))
        delta = 1 / (1 + np.exp(-score)) - label
        grad_w0 += delta / n
        for i in range(len(w)):
            grad_w[i] += delta * x[i] / n
            for f in range(k):
                grad_V[i, f] += delta / n * x[i] * (summed[f] - V[i, f] * x[i])
    grad_V += lam * V
    return grad_w0, grad_w, grad_V


class FactorizationMachine:
    def __init__(self, w0, w, V):
        self.w0, self.w, self.V = w0, w, V

    def decision_function(self, X):
        self.XV = X @ self.V
        return self.w0 + X @ self.w + 0.5 * (self.XV**2 - X**2 @ self.V**2).sum(axis=1)

    def gradient(self, X, y):
        p = 1 / (1 + np.exp(-self.decision_function(X)))
        delta = (p - y) / len(y)
        g_w0 = delta.sum()
        g_w = X.T @ delta
        weighted = delta[:, None] * X
        own = weighted.sum(axis=0)
        g_V = weighted.T @ self.XV - own[:, None] * self.V + lam * self.V
        return g_w0, g_w, g_V


def backprop(w0, w, V, X, y):
    return FactorizationMachine(w0, w, V).gradient(X, y)

"""Symmetric matrix whose halves both count in full.

expected kind: repeated-term or scale
wrong line: 38
correction 38: return 0.5 * (G + G.T)
what: The gradient of the symmetrised covariance is added to its transpose without the half, only the diagonal is
    right
source: https://github.com/pytorch/pytorch/issues/137284
said: the reporter holds that S + S.T - diag(S) is the gradient and that the half of the sum is wrong; it was closed,
    the half is right
"""

import numpy as np

PARAMETERS = ["A", "mu"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 2 * np.eye(3) + 0.3 * r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(9, 3))


def loss(A, mu, X):
    S = 0.5 * (A + A.T)
    d = X - mu
    return 4.5 * np.linalg.slogdet(S)[1] + 0.5 * np.sum(d * np.linalg.solve(S, d.T).T)


def right(A, mu, X):
    S = (A + A.T) / 2
    P = np.linalg.inv(S)
    d = X - mu
    G = 0.5 * (len(X) * P - P @ d.T @ d @ P)
    return G, -(P @ d.sum(0))


def symmetrize(G):
    return G + G.T - np.diag(np.diag(G))


class Normal:
    def __init__(self, A, mu):
        self.mu = mu
        self.L = np.linalg.cholesky(0.5 * (A + A.T))

    def solve(self, b):
        return np.linalg.solve(self.L.T, np.linalg.solve(self.L, b))

    def backward(self, X):
        d = X - self.mu
        w = self.solve(d.T)
        Sbar = 0.5 * len(X) * self.solve(np.eye(len(self.mu))) - 0.5 * w @ w.T
        return symmetrize(Sbar), -w.sum(axis=1)


def backprop(A, mu, X):
    return Normal(A, mu).backward(X)

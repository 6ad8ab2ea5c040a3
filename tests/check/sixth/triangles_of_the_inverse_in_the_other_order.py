"""Triangles of the inverse in the other order.

expected kind: swapped-operands or transpose
wrong line: 35 or 37
correction 35: inv_chol = np.linalg.inv(np.linalg.cholesky(F)).T
correction 37: precision = inv_chol.T @ inv_chol
what: The inverse is put together from its triangles in the order of an upper factor, though the factor is a lower one
source: https://github.com/helske/bssm/issues/17
said: inv_cholF.t() * inv_cholF stands where inv_cholF * inv_cholF.t() belongs; which is right depends on the triangle
    that chol returns
"""

import numpy as np

PARAMETERS = ["beta", "level"]


def data(seed=0):
    r = np.random.default_rng(seed)
    B = r.normal(size=(6, 6))
    return r.normal(size=3), np.array(r.normal()), r.normal(size=(6, 3)), r.normal(size=6), B @ B.T + 3 * np.eye(6)


def loss(beta, level, X, y, F):
    v = y - level - X @ beta
    return 0.5 * v @ np.linalg.solve(F, v)


def right(beta, level, X, y, F):
    w = np.linalg.solve(F, level + X @ beta - y)
    return X.T @ w, w.sum()


def backprop(beta, level, X, y, F):
    inv_chol = np.linalg.inv(np.linalg.cholesky(F))
    innovation = y - level - X @ beta
    precision = inv_chol @ inv_chol.T
    weighted = precision @ innovation
    d_beta = np.array([-weighted @ X[:, k] for k in range(X.shape[1])])
    return {"beta": d_beta, "level": -np.sum(weighted)}

"""Axes of a contraction taken as usual.

expected kind: transpose or sign
wrong line: 46
correction 46: du = np.tensordot(dpre, K, (0, 1))
what: The contraction is over the first axis of the second factor's transpose, and is led back as if it were a plain
    product
source: https://github.com/HIPS/autograd/issues/466
said: the axes that are given to tensordot seem to be ignored in its derivatives, so the Jacobian has the wrong sign
    in the example
"""

import numpy as np

PARAMETERS = ["A", "u"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=(5, 4)), r.normal(size=5)


def loss(A, u, X, y):
    skew = A - A.T
    return 0.5 * np.sum((X @ np.tanh(u @ skew) - y) ** 2)


def right(A, u, X, y):
    K = A - A.T
    v = np.tanh(u @ K)
    d = X.T @ (X @ v - y) * (1 - v**2)
    dK = np.outer(u, d)
    return dK - dK.T, K @ d


def skew(A):
    return A - A.T


def backprop(A, u, X, y):
    K = skew(A)
    v = np.tanh(np.tensordot(u, K, (0, 0)))
    err = X @ v - y
    dpre = np.tensordot(X, err, (0, 0)) * (1 - v**2)
    dK = np.multiply.outer(u, dpre)
    du = np.tensordot(dpre, K, (0, 0))
    return {"A": dK - dK.T, "u": du}

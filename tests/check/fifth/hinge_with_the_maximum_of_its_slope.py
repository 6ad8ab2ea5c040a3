"""Hinge with the maximum of its slope.

expected kind: wrong-mask or wrong-point
wrong line: 34
correction 34: dl_dz = -y_i if 1 - y_i * np.dot(w, x_i) > 0 else 0
what: The maximum of the hinge is taken of the derivative, which says nothing of whether the margin is kept
source:
    https://www.cs.rit.edu/~dprl/ARQMath-backup/Collection/Thread%20Files%20(supplementary)/Collection_By_Year/Older%20version/V.0.2/2078966_2017.zip:/tmp/tarfile_extract_u0zgv7hg/2078966_2017/2078966_01/2102378.html
said: one cannot bring the differentiation inside the maximum; the result does not take w into consideration
"""

import numpy as np

PARAMETERS = ["w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(9, 4)), r.choice([-1.0, 1.0], size=9)


def loss(w, X, y):
    return np.sum(np.maximum(0, 1 - y * (X @ w)))


def right(w, X, y):
    active = y * (X @ w) < 1
    return -(y * active) @ X


def backprop(w, X, y):
    grad = np.zeros_like(w)
    for x_i, y_i in zip(X, y):
        dl_dz = max(0, -y_i)
        dg_dw = x_i
        grad += dl_dz * dg_dw
    return grad

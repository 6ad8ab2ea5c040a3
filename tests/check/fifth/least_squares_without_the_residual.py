"""Least squares without the residual.

expected kind: missing-term or detached
wrong line: 44
correction 44: dA = np.outer(r, s) - np.outer(lam, x)
what: The solution of a least-squares problem is led back with the formula of a square system
source: https://github.com/SciML/LinearSolve.jl/issues/1309
said: the pullback of a system that isn't square has a second term that comes from the residual, and it is dropped
    without a word
"""

import numpy as np

PARAMETERS = ["A", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 3)), r.normal(size=6), r.normal(size=3)


def loss(A, b, goal):
    x = np.linalg.solve(A.T @ A, A.T @ b)
    return np.sum((np.tanh(x) - goal) ** 2)


def right(A, b, goal):
    G = np.linalg.inv(A.T @ A)
    x = G @ A.T @ b
    t = np.tanh(x)
    u = G @ (2 * (t - goal) * (1 - t * t))
    return np.outer(b, u) - A @ (np.outer(u, x) + np.outer(x, u)), A @ u


def lstsq(A, b):
    Q, R = np.linalg.qr(A)
    return np.linalg.solve(R, Q.T.dot(b)), R


def lstsq_pullback(dx, A, b, x, R):
    s = np.linalg.solve(R.T.dot(R), dx)
    lam = A.dot(s)
    r = b - A.dot(x)
    dA = -np.outer(lam, x)
    return dA, lam


def backprop(A, b, goal):
    x, R = lstsq(A, b)
    out = np.tanh(x)
    dx = 2 * (out - goal) * (1 - out**2)
    return lstsq_pullback(dx, A, b, x, R)

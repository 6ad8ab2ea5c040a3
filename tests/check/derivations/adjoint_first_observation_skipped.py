"""The loop over the observations ends before the first one.

expected kind: missing-term
wrong line: 65
correction 65: return lamda + grads[0], quad_A, quad_b
what: the observation at time zero doesn't reach the gradient of y0
source: https://github.com/pymc-devs/sunode/issues/35
said: The gradient by the initial state lacks grads[0], since the backward solver doesn't loop over the
    initial time.
"""

import numpy as np

PARAMETERS = ["y0", "A", "b"]
DT = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=3)]


def loss(observed, y0, A, b):
    y, total = y0, np.sum((y0 - observed[0]) ** 2)
    for k in range(1, 6):
        y = y + DT * np.tanh(A @ y + b)
        total = total + np.sum((y - observed[k]) ** 2)
    return total


def right(observed, y0, A, b):
    ys = [y0]
    for _ in range(5):
        ys.append(ys[-1] + DT * np.tanh(A @ ys[-1] + b))
    lam, dA, db = np.zeros(3), np.zeros((3, 3)), np.zeros(3)
    for k in range(5, 0, -1):
        lam = lam + 2 * (ys[k] - observed[k])
        slope = DT * lam * (1 - np.tanh(A @ ys[k - 1] + b) ** 2)
        dA += np.outer(slope, ys[k - 1])
        db += slope
        lam = lam + slope @ A
    return lam + 2 * (y0 - observed[0]), dA, db


class Solver:
    def __init__(self, A, b):
        self.A, self.b = A, b

    def solve(self, y0, n):
        out = np.empty((n, y0.size))
        out[0] = y0
        for k in range(n - 1):
            out[k + 1] = out[k] + DT * np.tanh(self.A @ out[k] + self.b)
        return out

    def solve_backward(self, y, grads):
        lamda = np.zeros(y.shape[1])
        quad_A, quad_b = np.zeros_like(self.A), np.zeros_like(self.b)
        for k in range(len(y) - 1, 0, -1):
            lamda = lamda + grads[k]
            rhs = 1 - np.tanh(self.A @ y[k - 1] + self.b) ** 2
            quad_b += DT * lamda * rhs
            quad_A += DT * np.outer(lamda * rhs, y[k - 1])
            lamda = lamda + DT * self.A.T @ (lamda * rhs)
        return lamda, quad_A, quad_b


def backprop(observed, y0, A, b):
    solver = Solver(A, b)
    y = solver.solve(y0, len(observed))
    return solver.solve_backward(y, 2 * (y - observed))

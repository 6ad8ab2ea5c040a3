"""The Jacobian of a step is taken at the step's end.

expected kind: wrong-point or stale-value
wrong line: 53
correction 53: state = trajectory[t - 1]
what: each step of the adjoint is linearised at the state after the step, not before it
source: https://github.com/dynamiqs/dynamiqs/issues/51
said: In the backward pass of the adjoint method time seems to be evolved in the wrong direction at one place.
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


def backprop(observed, y0, A, b):
    steps = observed.shape[0] - 1
    trajectory = {0: y0}
    for n in range(steps):
        trajectory[n + 1] = trajectory[n] + DT * np.tanh(A.dot(trajectory[n]) + b)
    adjoint = 2 * (trajectory[steps] - observed[steps])
    gradA, gradb = np.zeros((3, 3)), np.zeros(3)
    t = steps
    while t > 0:
        state = trajectory[t]
        t -= 1
        derivative = 1 - np.tanh(A.dot(state) + b) ** 2
        pulled = DT * adjoint * derivative
        gradA += pulled[:, None] * state[None, :]
        gradb += pulled
        adjoint = adjoint + A.T.dot(pulled) + 2 * (trajectory[t] - observed[t])
    return adjoint, gradA, gradb

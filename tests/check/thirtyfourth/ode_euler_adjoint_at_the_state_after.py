"""An ODE with a matrix of parameters by Euler's method, its adjoint backwards in time.

expected kind: wrong-point or stale-value
wrong line: 44 or 45
correction 44: for n in range(len(xs) - 2, -1, -1):
correction 45: x = xs[n - 1]
what: going back over a step, the Jacobians are taken at the state after it instead of the one it started from
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

h = 0.2


def trajectory(x0, A, c, steps=5):
    xs = [x0]
    for _ in range(steps):
        xs.append(xs[-1] + h * (np.sin(A @ xs[-1]) - c * xs[-1]))
    return xs


def loss(x0, goal, A, c):
    return np.sum((trajectory(x0, A, c)[-1] - goal) ** 2)


def right(x0, goal, A, c):
    xs = trajectory(x0, A, c)
    gA, gc = np.zeros_like(A), np.zeros_like(c)
    lam = 2 * (xs[-1] - goal)
    for n in range(len(xs) - 1, 0, -1):
        x = xs[n - 1]
        s = np.cos(A @ x) * lam
        gA += h * np.outer(s, x)
        gc -= h * x * lam
        lam = lam + h * (A.T @ s - c * lam)
    return gA, gc


def backprop(x0, goal, A, c):
    xs = trajectory(x0, A, c)
    gA, gc = np.zeros_like(A), np.zeros_like(c)
    lam = 2 * (xs[-1] - goal)
    for n in range(len(xs) - 1, 0, -1):
        x = xs[n]
        s = np.cos(A @ x) * lam
        gA += h * np.outer(s, x)
        gc -= h * x * lam
        lam = lam + h * (A.T @ s - c * lam)
    return gA, gc


PARAMETERS = ["A", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=3), r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=3)]

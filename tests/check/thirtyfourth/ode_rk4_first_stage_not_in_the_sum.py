"""A neural ODE by Runge and Kutta's method, backwards by its discrete adjoint.

expected kind: another-loss or missing-term
wrong line: 78 or 79
correction 78: total = k1 + 2 * k2 + 2 * k3 + k4
correction 79: x = x + H / 6 * (k1 + total)
what: the step is made of the second to fourth stages: the first is left out of the sum
source: https://github.com/thunil/mantaflow/issues/10
said: It was reported that the sum of the fourth-order method lacks its first term, as it is begun with the later stages.
"""
import numpy as np

H, STEPS = 0.25, 3


def field(x, W, b):
    return np.tanh(x @ W + b)


def solve(x, W, b):
    for _ in range(STEPS):
        k1 = field(x, W, b)
        k2 = field(x + H / 2 * k1, W, b)
        k3 = field(x + H / 2 * k2, W, b)
        k4 = field(x + H * k3, W, b)
        x = x + H / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x


def loss(x, target, W, b):
    return 0.5 * np.sum((solve(x, W, b) - target) ** 2)


def right(x, target, W, b):
    grad = {"W": np.zeros_like(W), "b": np.zeros_like(b)}

    def pull(point, g):
        a = g * (1 - field(point, W, b) ** 2)
        grad["W"] += point.T @ a
        grad["b"] += a.sum(axis=0)
        return a @ W.T

    points = []
    for _ in range(STEPS):
        k1 = field(x, W, b)
        k2 = field(x + H / 2 * k1, W, b)
        k3 = field(x + H / 2 * k2, W, b)
        k4 = field(x + H * k3, W, b)
        points.append((x, x + H / 2 * k1, x + H / 2 * k2, x + H * k3))
        total = k1 + 2 * k2 + 2 * k3 + k4
        x = x + H / 6 * total
    lam = x - target
    for p1, p2, p3, p4 in reversed(points):
        x4 = pull(p4, H / 6 * lam)
        x3 = pull(p3, H / 3 * lam + H * x4)
        x2 = pull(p2, H / 3 * lam + H / 2 * x3)
        x1 = pull(p1, H / 6 * lam + H / 2 * x2)
        lam = lam + x1 + x2 + x3 + x4
    return grad


def backprop(x, target, W, b):
    grad = {"W": np.zeros_like(W), "b": np.zeros_like(b)}

    def pull(point, g):
        a = g * (1 - field(point, W, b) ** 2)
        grad["W"] += point.T @ a
        grad["b"] += a.sum(axis=0)
        return a @ W.T

    points = []
    for _ in range(STEPS):
        k1 = field(x, W, b)
        k2 = field(x + H / 2 * k1, W, b)
        k3 = field(x + H / 2 * k2, W, b)
        k4 = field(x + H * k3, W, b)
        points.append((x, x + H / 2 * k1, x + H / 2 * k2, x + H * k3))
        total = 2 * k2 + 2 * k3 + k4
        x = x + H / 6 * total
    lam = x - target
    for p1, p2, p3, p4 in reversed(points):
        x4 = pull(p4, H / 6 * lam)
        x3 = pull(p3, H / 3 * lam + H * x4)
        x2 = pull(p2, H / 3 * lam + H / 2 * x3)
        x1 = pull(p1, H / 6 * lam + H / 2 * x2)
        lam = lam + x1 + x2 + x3 + x4
    return grad


PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=(3, 3)), r.normal(size=3)]

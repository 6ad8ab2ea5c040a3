"""Logistic growth by RK4, with forward sensitivities.

expected kind: stale-value or wrong-parameter or wrong-point
wrong line: 55
correction 55: k3, s3 = stage(y + dt / 2 * k2, S + dt / 2 * s2)
what: the third stage of the sensitivities takes the first slope and not the second
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

dt = 0.3

def f(y, r, K):
    return r * y * (1 - y / K)

def loss(r, K, y0, obs):
    y, total = y0, 0.0
    for target in obs:
        k1 = f(y, r, K)
        k2 = f(y + dt / 2 * k1, r, K)
        k3 = f(y + dt / 2 * k2, r, K)
        k4 = f(y + dt * k3, r, K)
        y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        total += (y - target) ** 2
    return total


def right(r, K, y0, obs):
    def stage(y, S):
        """The slope and its derivative by r, K and y0."""
        fy = r * (1 - 2 * y / K)
        return f(y, r, K), fy * S + np.array([y * (1 - y / K), r * y ** 2 / K ** 2, 0.0])
    y, S, grad = y0, np.array([0.0, 0.0, 1.0]), np.zeros(3)
    for target in obs:
        k1, s1 = stage(y, S)
        k2, s2 = stage(y + dt / 2 * k1, S + dt / 2 * s1)
        k3, s3 = stage(y + dt / 2 * k2, S + dt / 2 * s2)
        k4, s4 = stage(y + dt * k3, S + dt * s3)
        y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        S = S + dt / 6 * (s1 + 2 * s2 + 2 * s3 + s4)
        grad += 2 * (y - target) * S
    return tuple(grad)


def backprop(r, K, y0, obs):
    def stage(y, S):
        """The slope and its derivative by r, K and y0."""
        fy = r * (1 - 2 * y / K)
        return f(y, r, K), fy * S + np.array([y * (1 - y / K), r * y ** 2 / K ** 2, 0.0])
    y, S, grad = y0, np.array([0.0, 0.0, 1.0]), np.zeros(3)
    for target in obs:
        k1, s1 = stage(y, S)
        k2, s2 = stage(y + dt / 2 * k1, S + dt / 2 * s1)
        k3, s3 = stage(y + dt / 2 * k2, S + dt / 2 * s1)
        k4, s4 = stage(y + dt * k3, S + dt * s3)
        y = y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        S = S + dt / 6 * (s1 + 2 * s2 + 2 * s3 + s4)
        grad += 2 * (y - target) * S
    return tuple(grad)


PARAMETERS = ["r", "K", "y0"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.8, 1.5), rng.uniform(1.5, 3), rng.uniform(0.2, 0.6), rng.uniform(0.5, 2.5, size=6)]

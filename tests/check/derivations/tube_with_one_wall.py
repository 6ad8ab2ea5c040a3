"""The squared epsilon-insensitive loss has a slope inside its tube.

expected kind: wrong-mask
wrong line: 42
correction 42: elif z < -self.epsilon:
what: the condition of the lower branch lacks a minus
source: https://github.com/scikit-learn/scikit-learn/pull/6764
said: The second condition reads z < epsilon where z < -epsilon is meant, so what lies in the tube gets a
    gradient.
"""

import numpy as np

PARAMETERS = ["coef", "intercept"]
EPSILON = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(15, 2)), r.normal(size=15), r.normal(size=2), np.array(-0.1)]


def loss(x, y, coef, intercept):
    z = y - x @ coef - intercept
    return np.sum(np.maximum(0, np.abs(z) - EPSILON) ** 2)


def right(x, y, coef, intercept):
    z = y - x @ coef - intercept
    g = -2 * np.sign(z) * np.maximum(0, np.abs(z) - EPSILON)
    return x.T @ g, g.sum()


class SquaredEpsilonInsensitive:
    def __init__(self, epsilon):
        self.epsilon = epsilon

    def dloss(self, p, y):
        z = y - p
        if z > self.epsilon:
            return -2 * (z - self.epsilon)
        elif z < self.epsilon:
            return 2 * (-z - self.epsilon)
        else:
            return 0


def backprop(x, y, coef, intercept):
    dloss = SquaredEpsilonInsensitive(EPSILON).dloss
    slopes = np.array([dloss(p, t) for p, t in zip(x @ coef + intercept, y)])
    return slopes @ x, slopes.sum()

"""Slope of tanh without its one.

expected kind: missing-term or wrong-activation
wrong line: 39
correction 39: s = 1 - u[j] ** 2
what: The derivative of tanh is -tanh(x)**2, the 1 is missing
source: github.com/scutan90/DeepLearning-500-questions, issue 544
said: In the table of activations the derivative is minus the square of tanh; it should be 1 minus that.
"""

import numpy as np

PARAMETERS = ["a", "b", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), r.normal(size=3), r.normal(size=6), r.normal(size=6)


def loss(a, b, c, t, y):
    return np.mean((np.tanh(t[:, None] * a + b) @ c - y) ** 2)


def right(a, b, c, t, y):
    h = np.tanh(np.outer(t, a) + b)
    d = 2 * (h @ c - y) / len(y)
    g = np.outer(d, c) * (1 - h * h)
    return t @ g, g.sum(0), d @ h


def backprop(a, b, c, t, y):
    ga, gb, gc = [np.zeros(3) for _ in range(3)]
    n = len(t)
    for k in range(n):
        u = [np.tanh(a[j] * t[k] + b[j]) for j in range(3)]
        r = sum(c[j] * u[j] for j in range(3)) - y[k]
        for j in range(3):
            s = -(u[j] ** 2)
            q = 2 * r * c[j] * s / n
            ga[j] += q * t[k]
            gb[j] += q
            gc[j] += 2 * r * u[j] / n
    return ga, gb, gc

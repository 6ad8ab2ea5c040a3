"""Response normalisation by its own gradient.

expected kind: wrong-point or stale-value
wrong line: 51
correction 51: cross += grad[:, j] * b[:, j] / scale[:, j]
what: The sum over the neighbours of a channel takes the gradient of the channel where those of the neighbours
    belong
source: https://github.com/BVLC/caffe/issues/5105
said: somebody thinks that the gradient of the channel itself should stand in the sum
"""

import numpy as np

PARAMETERS = ["a"]
ALPHA, BETA = 0.5, 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=(3, 5))


def loss(a, t):
    total = 0
    for i in range(5):
        scale = 1 + ALPHA / 3 * np.sum(a[:, max(0, i - 1) : i + 2] ** 2, axis=1)
        total = total + np.sum((a[:, i] * scale**-BETA - t[:, i]) ** 2)
    return total


def right(a, t):
    near = (np.abs(np.arange(5)[:, None] - np.arange(5)) <= 1) * 1.0
    s = 1 + ALPHA / 3 * a**2 @ near
    g = 2 * (a * s**-BETA - t)
    return g * s**-BETA - 2 * ALPHA * BETA / 3 * a * ((g * a * s ** (-BETA - 1)) @ near)


def backprop(a, t):
    N, C = a.shape
    neighbours = [[j for j in (i - 1, i, i + 1) if 0 <= j < C] for i in range(C)]
    scale = np.ones((N, C))
    for i in range(C):
        for j in neighbours[i]:
            scale[:, i] += ALPHA / 3 * a[:, j] ** 2
    b = a * scale**-BETA
    grad = 2 * (b - t)
    bottom = grad * scale**-BETA
    for i in range(C):
        cross = np.zeros(N)
        for j in neighbours[i]:
            cross += grad[:, i] * b[:, j] / scale[:, j]
        bottom[:, i] -= 2 * ALPHA * BETA / 3 * a[:, i] * cross
    return bottom

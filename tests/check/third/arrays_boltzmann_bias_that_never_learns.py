"""Arrays boltzmann bias that never learns.

expected kind: detached or missing-term
wrong line: 36
correction 36: bd = deltas.sum(axis=0)
given as: arrays
what: The gradient of the hidden bias of a Boltzmann machine is zero always
source: https://github.com/OpenANN/OpenANN/issues/76
said: the gradient of the bias is always zero
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.integers(0, 2, size=(5, 4)), r.normal(size=(5, 3))


def loss(W, b, v, t):
    return np.sum((1 / (1 + np.exp(-(v @ W + b))) - t) ** 2)


def right(W, b, v, t):
    h = 1 / (1 + np.exp(-(v @ W + b)))
    d = 2 * (h - t) * h * (1 - h)
    return v.T @ d, d.sum(0)


def backprop(W, b, v, t):
    ph = 1 / (1 + np.exp(-(v.dot(W) + b)))
    deltas = 2 * (ph - t) * ph * (1 - ph)
    Wd = v.T.dot(deltas)
    bd = np.zeros_like(b)
    return Wd, bd

"""Arrays bernoulli towards the likelihood.

expected kind: sign or scale
wrong line: 34
correction 34: z = -2 * (y - p) / len(y)
given as: arrays
what: The gradient is that of the log likelihood of a Bernoulli, where the deviance, minus two times it, is the loss
source: https://github.com/gbm-developers/gbm3/issues/77
said: the gradient in the vignette seems not to take the minus sign into account, nor the two
"""

import numpy as np

PARAMETERS = ["f", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=7), r.normal(size=()), r.integers(0, 2, 7)


def loss(f, b, y):
    s = f + b
    return -2 * np.mean(y * s - np.log(1 + np.exp(s)))


def right(f, b, y):
    d = 2 * (1 / (1 + np.exp(-f - b)) - y) / len(y)
    return d, d.sum()


def backprop(f, b, y):
    p = 1 / (1 + np.exp(-(f + b)))
    z = (y - p) / len(y)
    return z, np.sum(z)

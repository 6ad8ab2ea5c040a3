"""Arrays kernel of a convolution turned round.

expected kind: reversed
wrong line: 37
correction 37: dkernel = np.convolve(x, d[::-1], mode="valid")
given as: arrays
what: The gradient of the kernel of a convolution comes out from its end to its start
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["kernel", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), 0.2, r.normal(size=10), r.normal(size=7)


def loss(kernel, bias, x, t):
    y = sum(kernel[k] * x[k : k + 7] for k in range(4))
    return np.sum((np.tanh(y + bias) - t) ** 2)


def right(kernel, bias, x, t):
    W = np.array([x[i : i + 4] for i in range(7)])
    a = np.tanh(W @ kernel + bias)
    d = 2 * (a - t) * (1 - a**2)
    return W.T @ d, d.sum()


def backprop(kernel, bias, x, t):
    a = np.tanh(np.correlate(x, kernel, mode="valid") + bias)
    d = 2 * (a - t) * (1 - a**2)
    dkernel = np.convolve(x, d[::-1], mode="valid")[::-1]
    return dkernel, d.sum()

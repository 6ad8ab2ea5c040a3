"""Arrays correlation in the other order.

expected kind: reversed
wrong line: 40
correction 40: d_kernel = np.correlate(signal, delta, mode="valid")
given as: arrays
what: The gradient of a kernel comes out the wrong way round, as the operands of a cross-correlation are exchanged
source:
    https://end-to-end-machine-learning.teachable.com/courses/322-convolutional-neural-networks-in-two-dimensions/lectures/24726662
said: the order of the operands matters in a cross-correlation; they stood in the wrong one, and the gradient of the
    weights was reversed
"""

import numpy as np

PARAMETERS = ["kernel", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=()), r.normal(size=12), r.normal(size=9)


def loss(kernel, bias, signal, target):
    out = sum(kernel[k] * signal[k : k + 9] for k in range(4)) + bias
    return 0.5 * np.sum((np.tanh(out) - target) ** 2)


def right(kernel, bias, signal, target):
    windows = np.array([signal[i : i + 4] for i in range(9)])
    y = np.tanh(windows @ kernel + bias)
    d = (y - target) * (1 - y**2)
    return windows.T @ d, d.sum()


def backprop(kernel, bias, signal, target):
    out = np.correlate(signal, kernel, mode="valid") + bias
    y = np.tanh(out)
    delta = (y - target) * (1 - y**2)
    d_kernel = np.correlate(delta, signal, mode="valid")
    return d_kernel, delta.sum()

"""The short last window is divided by the size of a full one.

expected kind: scale or mean-for-sum
wrong line: 43 or 44
correction 43: divide = stop - start
correction 44: gx[:, start:stop] += g[:, o:o + 1] / (stop - start)
what: the last window of two is divided by three
source: https://github.com/pytorch/pytorch/issues/198119
said: With ceil_mode the backward pass scales each window by the kernel's size, the forward pass the
    overhanging one by what it covers.
"""

import numpy as np

PARAMETERS = ["x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 8)), r.normal(size=(2, 3))]


def loss(x, t):
    means = np.stack([np.mean(x[:, s : s + 3], axis=1) for s in (0, 3, 6)], axis=1)
    return np.sum((means - t) ** 2)


def right(x, t):
    counts = np.array([3, 3, 2])
    share = np.repeat(np.eye(3), counts, axis=0) / np.repeat(counts, counts)[:, None]
    return 2 * (x @ share - t) @ share.T


def avg_pool(x, k):
    starts = range(0, x.shape[1], k)
    return np.array([x[:, s:s + k].mean(axis=1) for s in starts]).T


def avg_pool_backward(g, shape, k):
    gx = np.zeros(shape)
    for o in range(g.shape[1]):
        start, stop = o * k, min(o * k + k, shape[1])
        divide = k
        gx[:, start:stop] += g[:, o:o + 1] / divide
    return gx


def backprop(x, t):
    return avg_pool_backward(2 * (avg_pool(x, 3) - t), x.shape, 3)

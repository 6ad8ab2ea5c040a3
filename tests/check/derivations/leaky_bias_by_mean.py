"""The hidden bias's gradient is a mean over the batch.

expected kind: mean-for-sum
wrong line: 53
correction 53: d_b1 = np.sum(d_h1, axis=0)
what: divided by the batch once more
source: https://github.com/kvfrans/notes/issues/5
said: Notes take the mean over the batch for a bias where all paths have to be summed; replacing mean by sum
    agrees with JAX.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
SLOPE = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(7, 3)), r.normal(size=(7, 1)),
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 1)), r.normal(size=1),
    ]


def loss(x, y, W1, b1, W2, b2):
    z = x @ W1 + b1
    a = np.where(z > 0, z, SLOPE * z)
    return np.mean((a @ W2 + b2 - y) ** 2)


def right(x, y, W1, b1, W2, b2):
    z = x @ W1 + b1
    slope = np.where(z > 0, 1.0, SLOPE)
    a = slope * z
    r = 2 / len(x) * (a @ W2 + b2 - y)
    dz = slope * r * W2[:, 0]
    return x.T @ dz, dz.sum(0), a.T @ r, r.sum(0)


def backprop(x, y, W1, b1, W2, b2):
    n = x.shape[0]
    h1 = x @ W1 + b1
    h2 = np.where(h1 >= 0, h1, h1 * SLOPE)
    out = h2 @ W2 + b2

    d_out = 2 * (out - y) / n
    d_W2 = h2.T @ d_out
    d_b2 = np.sum(d_out, axis=0)
    d_h2 = d_out @ W2.T
    d_h1 = np.where(h1 >= 0, d_h2, SLOPE * d_h2)
    d_W1 = x.T @ d_h1
    d_b1 = np.mean(d_h1, axis=0)
    return d_W1, d_b1, d_W2, d_b2

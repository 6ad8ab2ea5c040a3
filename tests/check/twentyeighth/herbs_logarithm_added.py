"""Herbs logarithm added.

expected kind: another-loss or sign
wrong line: 75
correction 75: miss = inner - np.log(x)
what: The derivation adds the logarithm of the count where the loss takes it off
source: https://github.com/noaRricky/pytorch-glove/issues/1
said: the logarithm of the counts has to be subtracted in the loss, and was added
"""

import numpy as np

PARAMETERS = ["W", "C", "b", "d"]
FULL, POWER = 8.0, 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    # herbs that are named in the same recipe, and how often
    herbs, k = 6, 3
    one, two = np.array([0, 0, 1, 2, 2, 3, 4, 5, 5, 1]), np.array([1, 3, 4, 0, 5, 3, 2, 1, 4, 0])
    W, C = 0.7 * r.normal(size=(herbs, k)), 0.7 * r.normal(size=(herbs, k))
    return W, C, 0.3 * r.normal(size=herbs), 0.3 * r.normal(size=herbs), one, two, r.uniform(1.5, 14.0, size=10)


def loss(W, C, b, d, one, two, often):
    weight = np.minimum(1.0, (often / FULL) ** POWER)
    miss = np.sum(W[one] * C[two], axis=1) + b[one] + d[two] - np.log(often)
    return np.sum(weight * miss**2)


def bag_of(rows, size, values):
    """Add values up by row."""
    out = np.zeros((size,) + values.shape[1:])
    np.add.at(out, rows, values)
    return out


class Herbs:
    def __init__(self, W, C, b, d):
        self.W, self.C, self.b, self.d = W, C, b, d

    def residual(self, one, two, often):
        return np.einsum("pk,pk->p", self.W[one], self.C[two]) + self.b[one] + self.d[two] - np.log(often)

    def gradient(self, one, two, often):
        n = len(self.b)
        miss = self.residual(one, two, often)
        weight = np.where(often < FULL, (often / FULL) ** POWER, 1.0)
        slope = 2 * weight * miss
        out = {}
        out["W"] = bag_of(one, n, slope[:, None] * self.C[two])
        out["C"] = bag_of(two, n, slope[:, None] * self.W[one])
        out["b"] = bag_of(one, n, slope)
        out["d"] = bag_of(two, n, slope)
        return out


def right(W, C, b, d, one, two, often):
    return Herbs(W, C, b, d).gradient(one, two, often)


def weigh(x):
    return (x / FULL) ** POWER if x < FULL else 1.0


def backprop(W, C, b, d, one, two, often):
    grad_W, grad_C = np.zeros(W.shape), np.zeros(C.shape)
    grad_b, grad_d = np.zeros(b.shape), np.zeros(d.shape)
    for i, j, x in zip(one, two, often):
        # what the model says of this pair
        inner = b[i] + d[j]
        for a in range(W.shape[1]):
            inner += W[i, a] * C[j, a]
        miss = inner + np.log(x)
        slope = 2 * weigh(x) * miss
        for a in range(W.shape[1]):
            grad_W[i, a] += slope * C[j, a]
            grad_C[j, a] += slope * W[i, a]
        grad_b[i] += slope
        grad_d[j] += slope
    return grad_W, grad_C, grad_b, grad_d

"""The margin is used in the loss and forgotten in the backward pass.

expected kind: wrong-mask
wrong line: 46
correction 46: active = (self.dist + self.margin > 0)[:, None]
what: the mask of the active triplets is computed without the margin
source: https://github.com/luhaofang/tripletloss/issues/56
said: self.margin is only read in forward; the answer says that triplets within the margin need no gradient.
"""

import numpy as np

PARAMETERS = ["W"]
MARGIN = 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return [*r.normal(size=(3, 20, 3)), 0.7 * r.normal(size=(3, 2))]


def loss(anchor, positive, negative, W):
    a, p, n = anchor @ W, positive @ W, negative @ W
    return np.sum(np.maximum(0, MARGIN + np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1)))


def right(anchor, positive, negative, W):
    dp, dn = anchor - positive, anchor - negative
    on = MARGIN + ((dp @ W) ** 2).sum(1) > ((dn @ W) ** 2).sum(1)
    return 2 * (dp[on].T @ dp[on] - dn[on].T @ dn[on]) @ W


class TripletLayer:
    def __init__(self, margin):
        self.margin = margin

    def forward(self, a, p, n):
        self.bottom = a, p, n
        ap = np.sum((a - p) ** 2, axis=1)
        an = np.sum((a - n) ** 2, axis=1)
        self.dist = ap - an
        return np.maximum(self.dist + self.margin, 0).sum()

    def backward(self):
        a, p, n = self.bottom
        active = (self.dist > 0)[:, None]
        diff_a = np.where(active, 2 * (n - p), 0)
        diff_p = np.where(active, 2 * (p - a), 0)
        diff_n = np.where(active, 2 * (a - n), 0)
        return diff_a, diff_p, diff_n


def backprop(anchor, positive, negative, W):
    layer = TripletLayer(MARGIN)
    layer.forward(anchor @ W, positive @ W, negative @ W)
    return sum(v.T @ d for v, d in zip((anchor, positive, negative), layer.backward()))

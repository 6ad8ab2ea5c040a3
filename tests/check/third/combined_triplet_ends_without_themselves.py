"""Combined triplet ends without themselves.

expected kind: missing-term + missing-term
wrong line: 40 and 41
correction 40: dp[i] = (x_p - x_a) / num
correction 41: dn[i] = (x_a - x_n) / num
what: The gradient of the positive one is minus the anchor alone, that of the negative one the anchor alone
source: https://github.com/luhaofang/tripletloss/issues/41
said: somebody wants the positive to get minus the anchor and the negative the anchor, and asks to be corrected
"""

import numpy as np

PARAMETERS = ["a", "p", "n"]
MARGIN = 6.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=(5, 3)), r.normal(size=(5, 3))


def loss(a, p, n):
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + MARGIN
    return np.sum(np.maximum(0, gap)) / (2 * len(a))


def right(a, p, n):
    on = ((((a - p) ** 2) - (a - n) ** 2).sum(1) + MARGIN > 0)[:, None] / len(a)
    return on * (n - p), on * (p - a), on * (a - n)


def backprop(a, p, n):
    num = a.shape[0]
    da, dp, dn = np.zeros(a.shape), np.zeros(p.shape), np.zeros(n.shape)
    for i in range(num):
        x_a, x_p, x_n = a[i], p[i], n[i]
        if np.sum((x_a - x_p) ** 2) - np.sum((x_a - x_n) ** 2) + MARGIN > 0:
            da[i] = (x_n - x_p) / num
            dp[i] = -x_a / num
            dn[i] = x_a / num
    return da, dp, dn

"""Group norm statistics of another group.

expected kind: wrong-point or wrong-parameter or stale-value
wrong line: 54 or 55
correction 54: g_idx = c // per_group
correction 55: xhat = (x[n, c] - mean[n, own]) * rstd[n, own]
what: The gain of a channel is multiplied by what was normalised with the mean and deviation of another group
source: https://github.com/tenstorrent/tt-metal/pull/56202
said: the group of a channel is taken modulo the number of groups, it is the channel divided by the channels of a
    group
"""

import numpy as np

PARAMETERS = ["gamma", "beta"]
GROUPS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    x = r.normal(size=(2, 4, 3)) + np.arange(4)[:, None]
    return r.normal(size=4), r.normal(size=4), x, r.normal(size=(2, 4, 3))


def loss(gamma, beta, x, target):
    g = x.reshape(2, GROUPS, 6)
    g = (g - np.mean(g, axis=2, keepdims=True)) / np.sqrt(np.var(g, axis=2, keepdims=True) + 1e-5)
    y = g.reshape(2, 4, 3) * gamma[:, None] + beta[:, None]
    return np.sum((y - target) ** 2)


def right(gamma, beta, x, target):
    v = x.reshape(2, 2, -1)
    v = ((v - v.mean(-1, keepdims=True)) / np.sqrt(v.var(-1, keepdims=True) + 1e-5)).reshape(x.shape)
    d = 2 * (gamma[None, :, None] * v + beta[None, :, None] - target)
    return (d * v).sum((0, 2)), d.sum((0, 2))


def backprop(gamma, beta, x, target):
    N, C, L = x.shape
    per_group = C // GROUPS
    mean, rstd = np.zeros((N, GROUPS)), np.zeros((N, GROUPS))
    for n in range(N):
        for g in range(GROUPS):
            block = x[n, g * per_group : (g + 1) * per_group]
            mean[n, g] = block.mean()
            rstd[n, g] = 1 / np.sqrt(block.var() + 1e-5)
    dgamma, dbeta = np.zeros(C), np.zeros(C)
    for n in range(N):
        for c in range(C):
            own = c // per_group
            y = gamma[c] * (x[n, c] - mean[n, own]) * rstd[n, own] + beta[c]
            dy = 2 * (y - target[n, c])
            g_idx = c % GROUPS
            xhat = (x[n, c] - mean[n, g_idx]) * rstd[n, g_idx]
            dgamma[c] += np.sum(dy * xhat)
            dbeta[c] += np.sum(dy)
    return dgamma, dbeta

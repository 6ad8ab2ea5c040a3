"""Layer normalisation that goes over the features tile by tile.

expected kind: missing-term or missing-sum or stale-value
wrong line: 47
correction 47: sum_dy += tile.sum(axis=1, keepdims=True)
what: the sum of dy * gamma is overwritten by each tile, so that only the last one counts
source: https://github.com/tenstorrent/tt-metal/pull/34760
said: In the backward pass of the layer norm the sum of dy * gamma got the last tile alone, since the earlier ones weren't accumulated.
"""
import numpy as np

TILE, EPS = 3, 1e-5


def loss(x, weight, bias, target):
    centred = x - x.mean(-1, keepdims=True)
    y = centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + EPS) * weight + bias
    return np.mean((y - target) ** 2)


def right(x, weight, bias, target):
    rows, width = x.shape
    mean = x.mean(-1, keepdims=True)
    inv_std = 1 / np.sqrt(x.var(-1, keepdims=True) + EPS)
    x_hat = (x - mean) * inv_std
    dy = 2 * (x_hat * weight + bias - target) / x.size
    sum_dy = np.zeros((rows, 1))
    sum_dy_x = np.zeros((rows, 1))
    for k in range(0, width, TILE):
        tile = dy[:, k : k + TILE] * weight[k : k + TILE]
        sum_dy += tile.sum(axis=1, keepdims=True)
        sum_dy_x += (tile * x_hat[:, k : k + TILE]).sum(axis=1, keepdims=True)
    dx = inv_std * (dy * weight - sum_dy / width - x_hat * sum_dy_x / width)
    return dx, (dy * x_hat).sum(0), dy.sum(0)


def backprop(x, weight, bias, target):
    rows, width = x.shape
    mean = x.mean(-1, keepdims=True)
    inv_std = 1 / np.sqrt(x.var(-1, keepdims=True) + EPS)
    x_hat = (x - mean) * inv_std
    dy = 2 * (x_hat * weight + bias - target) / x.size
    sum_dy = np.zeros((rows, 1))
    sum_dy_x = np.zeros((rows, 1))
    for k in range(0, width, TILE):
        tile = dy[:, k : k + TILE] * weight[k : k + TILE]
        sum_dy = tile.sum(axis=1, keepdims=True)
        sum_dy_x += (tile * x_hat[:, k : k + TILE]).sum(axis=1, keepdims=True)
    dx = inv_std * (dy * weight - sum_dy / width - x_hat * sum_dy_x / width)
    return dx, (dy * x_hat).sum(0), dy.sum(0)


PARAMETERS = ["x", "weight", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 9)), r.normal(size=9) + 1, r.normal(size=9), r.normal(size=(4, 9))

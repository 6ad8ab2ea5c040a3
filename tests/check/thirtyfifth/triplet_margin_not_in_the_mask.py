"""A triplet loss with a linear embedding: which triplets count

expected kind: wrong-mask or another-loss or wrong-point
wrong line: 38
correction 38: active = (d_pos + margin > d_neg).astype(float)[:, None]
what: the mask of the active triplets is taken without the margin
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W"]
margin = 1.0


def loss(anchor, positive, negative, W):
    a, p, n = anchor @ W, positive @ W, negative @ W
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1)
    return np.mean(np.maximum(0, gap + margin))


def right(anchor, positive, negative, W):
    a, p, n = anchor @ W, positive @ W, negative @ W
    d_pos = np.sum((a - p) ** 2, axis=1)
    d_neg = np.sum((a - n) ** 2, axis=1)
    active = (d_pos + margin > d_neg).astype(float)[:, None]
    scale = 2 * active / len(a)
    grad_a = scale * (n - p)
    grad_p = scale * (p - a)
    grad_n = scale * (a - n)
    return anchor.T @ grad_a + positive.T @ grad_p + negative.T @ grad_n


def backprop(anchor, positive, negative, W):
    a, p, n = anchor @ W, positive @ W, negative @ W
    d_pos = np.sum((a - p) ** 2, axis=1)
    d_neg = np.sum((a - n) ** 2, axis=1)
    active = (d_pos > d_neg).astype(float)[:, None]
    scale = 2 * active / len(a)
    grad_a = scale * (n - p)
    grad_p = scale * (p - a)
    grad_n = scale * (a - n)
    return anchor.T @ grad_a + positive.T @ grad_p + negative.T @ grad_n


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(16, 4))
    return [x, x + 0.5 * rng.normal(size=(16, 4)), x + 0.9 * rng.normal(size=(16, 4)), 0.35 * rng.normal(size=(4, 3))]

"""A triplet loss on embeddings of one tanh layer.

expected kind: sign
wrong line: 44
correction 44: da = 2 * (n - p) * active
what: the anchor's gradient has positive and negative exchanged
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

margin = 1.0


def embed(x, W, b):
    return np.tanh(x @ W + b)


def loss(xa, xp, xn, W, b):
    a, p, n = embed(xa, W, b), embed(xp, W, b), embed(xn, W, b)
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + margin
    return np.sum(np.maximum(gap, 0)) / len(xa)


def right(xa, xp, xn, W, b):
    a, p, n = embed(xa, W, b), embed(xp, W, b), embed(xn, W, b)
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + margin
    active = (gap > 0)[:, None] / len(xa)
    da = 2 * (n - p) * active
    dp = -2 * (a - p) * active
    dn = 2 * (a - n) * active
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, out, dout in ((xa, a, da), (xp, p, dp), (xn, n, dn)):
        dpre = dout * (1 - out**2)
        dW += x.T @ dpre
        db += dpre.sum(axis=0)
    return dW, db


def backprop(xa, xp, xn, W, b):
    a, p, n = embed(xa, W, b), embed(xp, W, b), embed(xn, W, b)
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + margin
    active = (gap > 0)[:, None] / len(xa)
    da = 2 * (p - n) * active
    dp = -2 * (a - p) * active
    dn = 2 * (a - n) * active
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, out, dout in ((xa, a, da), (xp, p, dp), (xn, n, dn)):
        dpre = dout * (1 - out**2)
        dW += x.T @ dpre
        db += dpre.sum(axis=0)
    return dW, db


PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 3)), r.normal(size=(8, 3)), r.normal(size=(8, 3)), 0.7 * r.normal(size=(3, 4)), 0.3 * r.normal(size=4)]

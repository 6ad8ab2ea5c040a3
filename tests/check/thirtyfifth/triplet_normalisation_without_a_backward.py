"""A triplet loss on embeddings of length one.

expected kind: missing-factor or detached or missing-term or diagonal-jacobian
wrong line: 53 or 54
correction 53: de = (g - y * np.sum(g * y, axis=1, keepdims=True)) / norm
correction 54: dW += x.T @ ((g - y * np.sum(g * y, axis=1, keepdims=True)) / norm)
what: the gradient goes through the normalisation as if it weren't there
source: https://github.com/luhaofang/tripletloss/issues/7
said: the layer that makes the embeddings of a triplet loss unit vectors has no backward, held to be unneeded; a
    reader answers that the upstream gradient has to be multiplied by its derivative
"""
import numpy as np

PARAMETERS = ["W"]
alpha = 1.5

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(5, 4)), rng.normal(size=(5, 4)), rng.normal(size=(5, 4)), rng.normal(size=(4, 3))

def embed(x, W):
    e = x @ W
    norm = np.sqrt(np.sum(e ** 2, axis=1, keepdims=True))
    return e / norm, norm

def loss(anchor, positive, negative, W):
    a, p, n = (embed(x, W)[0] for x in (anchor, positive, negative))
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + alpha
    return np.mean(np.maximum(gap, 0))

def right(anchor, positive, negative, W):
    ya, norm_a = embed(anchor, W)
    yp, norm_p = embed(positive, W)
    yn, norm_n = embed(negative, W)
    gap = np.sum((ya - yp) ** 2, axis=1) - np.sum((ya - yn) ** 2, axis=1) + alpha
    on = 2 * (gap > 0)[:, None] / len(gap)
    ga, gp, gn = on * (yn - yp), on * (yp - ya), on * (ya - yn)
    dW = np.zeros_like(W)
    for x, y, norm, g in ((anchor, ya, norm_a, ga), (positive, yp, norm_p, gp), (negative, yn, norm_n, gn)):
        de = (g - y * np.sum(g * y, axis=1, keepdims=True)) / norm
        dW += x.T @ de
    return dW

def backprop(anchor, positive, negative, W):
    ya, norm_a = embed(anchor, W)
    yp, norm_p = embed(positive, W)
    yn, norm_n = embed(negative, W)
    gap = np.sum((ya - yp) ** 2, axis=1) - np.sum((ya - yn) ** 2, axis=1) + alpha
    on = 2 * (gap > 0)[:, None] / len(gap)
    ga, gp, gn = on * (yn - yp), on * (yp - ya), on * (ya - yn)
    dW = np.zeros_like(W)
    for x, y, norm, g in ((anchor, ya, norm_a, ga), (positive, yp, norm_p, gp), (negative, yn, norm_n, gn)):
        de = g
        dW += x.T @ de
    return dW

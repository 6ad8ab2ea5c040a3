"""Dropout forgotten by lists of neurons.

expected kind: missing-factor or wrong-mask
wrong line: 52 or 53
correction 52: d_h = d_out * w2[i] * mask[i]
correction 53: d_z = d_h * mask[i] if z1[i] > 0 else 0.0
what: Hidden units are dropped and scaled on the way forward, and led back as if every one were there
source: https://github.com/rohitg00/ai-engineering-from-scratch/pull/17
said: the backward pass computes hidden gradients as if every unit stayed active; dropped units still update their
    weights
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    keep = np.array([1, 0, 1, 1, 0, 1]) / 0.6
    return (
        r.normal(size=(6, 2)), r.uniform(0.5, 1.5, size=6), r.normal(size=6) * 0.7, r.normal(size=()),
        r.normal(size=2), keep, 1,
    )


def loss(w1, b1, w2, b2, x, mask, target):
    h = np.maximum(0, w1 @ x + b1) * mask
    p = 1 / (1 + np.exp(-(w2 @ h + b2)))
    return -(target * np.log(p) + (1 - target) * np.log(1 - p))


def right(w1, b1, w2, b2, x, mask, target):
    z = w1 @ x + b1
    h = np.maximum(0, z) * mask
    d = 1 / (1 + np.exp(-(w2 @ h + b2))) - target
    g = d * w2 * mask * (z > 0)
    return np.outer(g, x), g, d * h, d


def backprop(w1, b1, w2, b2, x, mask, target):
    n = len(w2)
    z1, h = [], []
    for i in range(n):
        z = w1[i][0] * x[0] + w1[i][1] * x[1] + b1[i]
        z1.append(z)
        h.append(max(0.0, z) * mask[i])
    out = 1 / (1 + np.exp(-(sum(w2[i] * h[i] for i in range(n)) + b2)))
    d_out = out - target
    g_w1, g_b1, g_w2 = [], [], []
    for i in range(n):
        d_h = d_out * w2[i]
        d_z = d_h if z1[i] > 0 else 0.0
        g_w2.append(d_out * h[i])
        g_w1.append([d_z * x[0], d_z * x[1]])
        g_b1.append(d_z)
    return np.array(g_w1), np.array(g_b1), np.array(g_w2), d_out

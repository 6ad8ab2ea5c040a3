"""Triplet negative pulled in.

expected kind: sign
wrong line: 55
correction 55: dzn = 2 * active * (za - zn)
what: The negative of a triplet loss is pulled towards the anchor
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(4, 5)), g.normal(size=(5, 3)), g.normal(size=(6, 4)), g.normal(size=(6, 4)), g.normal(size=(6, 4))


def loss(W1, W2, a, p, n):
    def embed(x):
        return np.tanh(x @ W1) @ W2

    za, zp, zn = embed(a), embed(p), embed(n)
    gaps = ((za - zp) ** 2).sum(1) - ((za - zn) ** 2).sum(1) + 1.0
    return np.maximum(gaps, 0).mean()


def right(W1, W2, a, p, n):
    ha, hp, hn = np.tanh(a @ W1), np.tanh(p @ W1), np.tanh(n @ W1)
    za, zp, zn = ha @ W2, hp @ W2, hn @ W2
    dist_pos = ((za - zp) ** 2).sum(axis=1)
    dist_neg = ((za - zn) ** 2).sum(axis=1)
    active = (dist_pos - dist_neg + 1.0 > 0)[:, None] / len(a)
    dza = 2 * active * (zn - zp)
    dzp = -2 * active * (za - zp)
    dzn = 2 * active * (za - zn)
    dW2 = ha.T @ dza + hp.T @ dzp + hn.T @ dzn
    dha, dhp, dhn = dza @ W2.T, dzp @ W2.T, dzn @ W2.T
    dW1 = a.T @ (dha * (1 - ha**2))
    dW1 += p.T @ (dhp * (1 - hp**2))
    dW1 += n.T @ (dhn * (1 - hn**2))
    return dW1, dW2


def backprop(W1, W2, a, p, n):
    ha, hp, hn = np.tanh(a @ W1), np.tanh(p @ W1), np.tanh(n @ W1)
    za, zp, zn = ha @ W2, hp @ W2, hn @ W2
    dist_pos = ((za - zp) ** 2).sum(axis=1)
    dist_neg = ((za - zn) ** 2).sum(axis=1)
    active = (dist_pos - dist_neg + 1.0 > 0)[:, None] / len(a)
    dza = 2 * active * (zn - zp)
    dzp = -2 * active * (za - zp)
    dzn = -2 * active * (za - zn)
    dW2 = ha.T @ dza + hp.T @ dzp + hn.T @ dzn
    dha, dhp, dhn = dza @ W2.T, dzp @ W2.T, dzn @ W2.T
    dW1 = a.T @ (dha * (1 - ha**2))
    dW1 += p.T @ (dhp * (1 - hp**2))
    dW1 += n.T @ (dhn * (1 - hn**2))
    return dW1, dW2

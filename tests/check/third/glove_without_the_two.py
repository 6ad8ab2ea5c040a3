"""Glove without the two.

expected kind: scale
wrong line: 42 or 43 or 44
correction 42: weight = 2 * (x / 10) ** 0.75 if x < 10 else 2
correction 43: cost_inner = 2 * (W[i_main].dot(C[i_context]) + bw[i_main] + bc[i_context] - np.log(x))
correction 44: grad = 2 * weight * cost_inner
what: The weighted squares of GloVe are differentiated without the two
source: https://github.com/hans/glove.py/issues/7
said: is the gradient not missing a two, so that the learning rate is half of what it says
"""

import numpy as np

PARAMETERS = ["W", "C", "bw", "bc"]


def data(seed=0):
    r = np.random.default_rng(seed)
    counts = np.array([[0, 3, 1, 12], [3, 0, 5, 0], [1, 5, 0, 2], [12, 0, 2, 0]])
    return r.normal(size=(4, 2)), r.normal(size=(4, 2)), r.normal(size=4), r.normal(size=4), counts


def loss(W, C, bw, bc, counts):
    seen = counts > 0
    f = np.minimum(1, (counts / 10) ** 0.75)
    error = W @ C.T + bw[:, None] + bc - np.log(np.where(seen, counts, 1))
    return np.sum(f * error**2)


def right(W, C, bw, bc, counts):
    f = np.minimum(1, (counts / 10) ** 0.75)
    e = 2 * f * (W @ C.T + bw[:, None] + bc[None] - np.log(np.maximum(counts, 1)))
    return e @ C, e.T @ W, e.sum(1), e.sum(0)


def backprop(W, C, bw, bc, counts):
    gW, gC = np.zeros_like(W), np.zeros_like(C)
    gbw, gbc = np.zeros_like(bw), np.zeros_like(bc)
    cooccurrences = [(i, j, counts[i, j]) for i in range(4) for j in range(4) if counts[i, j] > 0]
    for i_main, i_context, x in cooccurrences:
        weight = (x / 10) ** 0.75 if x < 10 else 1
        cost_inner = W[i_main].dot(C[i_context]) + bw[i_main] + bc[i_context] - np.log(x)
        grad = weight * cost_inner
        gW[i_main] += grad * C[i_context]
        gC[i_context] += grad * W[i_main]
        gbw[i_main] += grad
        gbc[i_context] += grad
    return gW, gC, gbw, gbc

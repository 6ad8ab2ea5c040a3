"""Padding counted in both passes.

expected kind: another-loss or wrong-mask
wrong line: 40
correction 40: keep = (tokens > 0).astype(float)
what: The loss leaves out the padded words; by hand they are counted in the forward and in the backward pass
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "u"]


def data(seed=0):
    r = np.random.default_rng(seed)
    tokens = np.array([[1, 2, 0, 0], [3, 1, 2, 0], [2, 4, 4, 1]])
    return r.normal(size=(5, 3)), r.normal(size=3), tokens, r.integers(0, 2, 3)


def loss(E, u, tokens, y):
    J = 0
    for row, label in zip(tokens, y):
        words = row[row > 0]
        s = np.tanh(np.mean(E[words], axis=0)) @ u
        J = J + np.log(1 + np.exp(s)) - label * s
    return J


def right(E, u, tokens, y):
    M = np.array([np.bincount(row[row > 0], minlength=5) / (row > 0).sum() for row in tokens])
    h = np.tanh(M @ E)
    d = 1 / (1 + np.exp(-h @ u)) - y
    return M.T @ (np.outer(d, u) * (1 - h * h)), d @ h


def backprop(E, u, tokens, y):
    vectors = E[tokens]
    keep = np.ones(tokens.shape)
    lengths = keep.sum(axis=1)[:, None]
    average = (vectors * keep[:, :, None]).sum(axis=1) / lengths
    h = np.tanh(average)
    p = 1 / (1 + np.exp(-h.dot(u)))
    dscore = p - y
    du = h.T.dot(dscore)
    daverage = dscore[:, None] * u * (1 - h**2)
    dvectors = (daverage / lengths)[:, None, :] * keep[:, :, None]
    dE = np.zeros_like(E)
    np.add.at(dE, tokens, dvectors)
    return dE, du

"""word2vec with negative sampling, target and negatives with labels 1 and 0.

expected kind: sign or wrong-point or wrong-activation
wrong line: 35 or 36
correction 35: prob = 1.0 / (1.0 + np.exp(-scores))
correction 36: g = 1.0 / (1.0 + np.exp(-scores)) - labels
what: the sigmoid of the scores lacks the minus in its exponent
source: https://github.com/facebookresearch/fastText/pull/369
said: A change had broken the hierarchical softmax, because the sigmoid had lost its minus sign.
"""
import numpy as np


def loss(words, labels, v, U):
    scores = U[words] @ v
    signs = 2 * labels - 1
    return np.sum(np.log(1 + np.exp(-signs * scores)))


def right(words, labels, v, U):
    rows = U[words]
    scores = rows @ v
    prob = 1.0 / (1.0 + np.exp(-scores))
    g = prob - labels
    grad_v = g @ rows
    grad_U = np.zeros_like(U)
    for i, w in enumerate(words):
        grad_U[w] += g[i] * v
    return grad_v, grad_U


def backprop(words, labels, v, U):
    rows = U[words]
    scores = rows @ v
    prob = 1.0 / (1.0 + np.exp(scores))
    g = prob - labels
    grad_v = g @ rows
    grad_U = np.zeros_like(U)
    for i, w in enumerate(words):
        grad_U[w] += g[i] * v
    return grad_v, grad_U


PARAMETERS = ["v", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    words = np.concatenate([[2], r.choice([0, 1, 3, 4, 5], size=4)])
    return [words, np.array([1.0, 0, 0, 0, 0]), r.normal(size=3), r.normal(size=(6, 3))]

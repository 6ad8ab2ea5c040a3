"""The gradient of an embedding keeps one occurrence of each word.

expected kind: missing-sum or missing-term
wrong line: 47
correction 47: np.add.at(self.grad, self.ids, dout)
what: assigned at repeated indices, where it should be added
source: https://github.com/pytorch/pytorch/issues/1528
said: With repeated indices only the last copy of an entry gets a gradient; the entries' gradients have to be
    added up.
"""

import numpy as np

PARAMETERS = ["E", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sentences = np.array([[0, 2, 2, 1], [3, 3, 3, 0], [4, 1, 4, 4]])
    return [sentences, r.integers(2, size=3), r.normal(size=(5, 3)), r.normal(size=(3, 2))]


def loss(ids, y, E, W):
    s = np.tanh(np.mean(E[ids], axis=1)) @ W
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(3), y])


def right(ids, y, E, W):
    m = np.tanh(E[ids].mean(1))
    p = np.exp(m @ W)
    d = (p / p.sum(1, keepdims=True) - np.eye(2)[y]) / 3
    dm = (d @ W.T) * (1 - m * m) / 4
    counts = np.array([[np.sum(row == k) for k in range(5)] for row in ids])
    return counts.T @ dm, m.T @ d


class Embedding:
    def __init__(self, weight):
        self.weight = weight
        self.grad = np.zeros_like(weight)

    def forward(self, ids):
        self.ids = ids
        return self.weight[ids]

    def backward(self, dout):
        self.grad[self.ids] += dout


def backprop(ids, y, E, W):
    n, length = ids.shape
    layer = Embedding(E)
    vectors = layer.forward(ids)
    pooled = np.tanh(vectors.mean(axis=1))
    logits = pooled @ W
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    probs[np.arange(n), y] -= 1
    probs /= n
    dpooled = (probs @ W.T) * (1 - pooled**2)
    layer.backward(np.repeat(dpooled[:, None, :], length, axis=1) / length)
    return layer.grad, pooled.T @ probs

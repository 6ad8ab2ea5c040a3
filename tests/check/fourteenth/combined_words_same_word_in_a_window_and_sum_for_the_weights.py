"""Combined words same word in a window and sum for the weights.

expected kind: sum-for-mean or scale + missing-term or missing-sum
wrong line: 69 or 71 and 70
correction 69: dW += np.outer(h, e)
correction 70: np.add.at(dE, context, W @ e / C)
correction 71: return dE, dW / C
what: The weights meet the sum of the window, not its mean; a word that stands in a window twice is counted once
source: https://github.com/piskvorky/gensim/issues/242
said: a word may appear in the window twice, but an index with += adds its gradient once
"""

import numpy as np

PARAMETERS = ["E", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    E, W = r.normal(size=(7, 3)), r.normal(size=(3, 7))
    windows = np.array([[0, 1, 0, 4], [2, 2, 5, 6], [1, 3, 3, 3], [6, 0, 2, 5], [4, 1, 5, 4]])
    return E, W, windows, np.array([2, 0, 6, 1, 3])


def loss(E, W, windows, targets):
    h = np.mean(E[windows], axis=1)
    scores = h @ W
    log_total = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(log_total - scores[np.arange(len(targets)), targets])


class Embedding:
    def __init__(self, E):
        self.E = E

    def forward(self, idx):
        self.idx = idx
        return np.sum(self.E[idx], axis=1) / idx.shape[1]

    def backward(self, dh):
        dE = np.zeros_like(self.E)
        share = dh / self.idx.shape[1]
        for j in range(self.idx.shape[1]):
            np.add.at(dE, self.idx[:, j], share)
        return dE


def right(E, W, windows, targets):
    n = len(targets)
    layer = Embedding(E)
    h = layer.forward(windows)
    y = np.exp(np.dot(h, W))
    y /= y.sum(axis=1, keepdims=True)
    y[np.arange(n), targets] -= 1
    y /= n
    dW = np.dot(h.T, y)
    dE = layer.backward(np.dot(y, W.T))
    return dE, dW


def backprop(E, W, windows, targets):
    V, C, n = E.shape[0], windows.shape[1], len(targets)
    dE, dW = np.zeros_like(E), np.zeros_like(W)
    for context, target in zip(windows, targets):
        h = E[context].sum(axis=0) / C
        p = np.exp(W.T @ h)
        p = p / p.sum()
        e = (p - np.eye(V)[target]) / n
        dW += np.outer(E[context].sum(axis=0), e)
        dE[context] += W @ e / C
    return dE, dW

"""Tokens counted with their padding.

expected kind: scale
wrong line: 63 or 64
correction 63: num_tokens = self.valid.sum()
correction 64: return (d / self.valid.sum()).reshape(self.shape)
what: The loss is the mean over the words, the gradient is divided by all places of the batch, padding too
source: https://github.com/eladhoffer/utils.pytorch/issues/4
said: the size that it is divided by is batch times length, which has the padding in it; the number of real tokens is
    meant
"""

import numpy as np

PARAMETERS = ["emb", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    words = np.array([[1, 4, 2, 0, 0], [3, 3, 5, 1, 0], [2, 5, 0, 0, 0]])
    target = np.array([[4, 2, 3, 0, 0], [3, 5, 1, 2, 0], [5, 1, 0, 0, 0]])
    return r.normal(size=(6, 4)), r.normal(size=(4, 6)), words, target


def loss(emb, W, words, target):
    z = emb[words] @ W
    logp = z - np.log(np.sum(np.exp(z), axis=2, keepdims=True))
    keep = target != 0
    picked = np.sum(logp * np.eye(6)[target], axis=2)
    return -np.sum(picked * keep) / np.sum(keep)


def right(emb, W, words, target):
    demb, dW, n = np.zeros_like(emb), np.zeros_like(W), np.count_nonzero(target)
    for i, t in zip(words.ravel(), target.ravel()):
        if t:
            p = np.exp(emb[i] @ W)
            p = p / p.sum()
            p[t] -= 1
            demb[i] += W @ p / n
            dW += np.outer(emb[i], p) / n
    return demb, dW


class CrossEntropy:
    def __init__(self, ignore_index):
        self.ignore_index = ignore_index

    def __call__(self, logits, target):
        self.shape = logits.shape
        z = logits.reshape(-1, self.shape[-1])
        self.target = target.ravel()
        z = z - z.max(axis=1, keepdims=True)
        self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        self.valid = self.target != self.ignore_index
        rows = np.arange(len(z))
        return -np.log(self.p[rows, self.target])[self.valid].mean()

    def backward(self):
        d = self.p.copy()
        d[np.arange(len(d)), self.target] -= 1
        d[~self.valid] = 0
        num_tokens = self.target.shape[0]
        return (d / num_tokens).reshape(self.shape)


def backprop(emb, W, words, target):
    criterion = CrossEntropy(ignore_index=0)
    x = emb[words]
    criterion(x @ W, target)
    dz = criterion.backward()
    dW = np.einsum("btd,btv->dv", x, dz)
    demb = np.zeros_like(emb)
    np.add.at(demb, words, dz @ W.T)
    return demb, dW

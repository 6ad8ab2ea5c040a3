"""Oyster vector of a word is set and not added to.

expected kind: missing-term or missing-sum
wrong line: 100
correction 100: grad["E"][w] += to_x / len(words)
what: A word that is met again loses what it got before
source: https://github.com/nntrainer/nntrainer/pull/988
said: the author says of the gradient of the table that it isn't an assignment but an addition
"""

import numpy as np

PARAMETERS = ["E", "W1", "b1", "W2", "b2"]
PAD = 0


def data(seed=0):
    r = np.random.default_rng(seed)
    words, d, hidden, kinds, n, longest = 7, 3, 4, 3, 5, 6
    notes = r.integers(1, words, size=(n, longest))
    for i, length in enumerate((6, 3, 2, 5, 4)):
        notes[i, length:] = PAD
    notes[0, 1] = notes[0, 0]  # a word twice in a note
    E, W1, b1 = r.normal(size=(words, d)), r.normal(size=(d, hidden)), 0.4 * r.normal(size=hidden)
    return E, W1, b1, r.normal(size=(hidden, kinds)), r.normal(size=kinds), notes, r.integers(0, kinds, size=n)


def loss(E, W1, b1, W2, b2, notes, bed):
    real = (notes != PAD).astype(float)
    vectors = E[notes] * real[:, :, None]
    mean = np.sum(vectors, axis=1) / np.sum(real, axis=1)[:, None]
    scores = np.tanh(mean @ W1 + b1) @ W2 + b2
    top = np.max(scores, axis=1)
    logs = top + np.log(np.sum(np.exp(scores - top[:, None]), axis=1))
    return np.mean(logs - scores[np.arange(len(bed)), bed])


class EmbeddingBag:
    def __init__(self, E):
        self.E = E

    def forward(self, tokens):
        self.tokens = tokens
        self.mask = (tokens != PAD).astype(float)
        self.counts = self.mask.sum(axis=1, keepdims=True)
        return np.einsum("nt,ntd->nd", self.mask, self.E[tokens]) / self.counts

    def backward(self, dmean):
        dE = np.zeros_like(self.E)
        share = self.mask / self.mask.sum(axis=1, keepdims=True)
        dvectors = share[:, :, None] * dmean[:, None, :]
        np.add.at(dE, self.tokens, dvectors)
        return dE


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.sum(axis=0)
        return dy @ self.W.T


def right(E, W1, b1, W2, b2, notes, bed):
    bag, first, second = EmbeddingBag(E), Dense(W1, b1), Dense(W2, b2)
    h = np.tanh(first.forward(bag.forward(notes)))
    scores = second.forward(h)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(bed)), bed] -= 1
    dh = second.backward(p / len(bed))
    dmean = first.backward(dh * (1 - h**2))
    return bag.backward(dmean), first.dW, first.db, second.dW, second.db


def backprop(E, W1, b1, W2, b2, notes, bed):
    n = len(bed)
    grad = {"E": 0 * E, "W1": 0 * W1, "b1": 0 * b1, "W2": 0 * W2, "b2": 0 * b2}
    for note, y in zip(notes, bed):
        words = [w for w in note if w != PAD]
        x = sum(E[w] for w in words) / len(words)
        h = np.tanh(x.dot(W1) + b1)
        e = np.exp(h.dot(W2) + b2)
        delta = e / e.sum()
        delta[y] -= 1
        delta /= n
        grad["W2"] += np.outer(h, delta)
        grad["b2"] += delta
        back = W2.dot(delta) * (1 - h * h)
        grad["W1"] += np.outer(x, back)
        grad["b1"] += back
        to_x = W1.dot(back)
        for w in words:
            # each of them is an equal share of the mean
            grad["E"][w] = to_x / len(words)
    return grad

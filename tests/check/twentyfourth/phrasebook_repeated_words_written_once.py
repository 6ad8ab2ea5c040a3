"""Phrasebook repeated words written once.

expected kind: missing-sum or missing-term
wrong line: 65
correction 65: np.add.at(self.dW, self.ids, dout)
what: Words that occur several times in the batch keep the last of their gradients only
source: https://github.com/pymc-devs/pytensor/pull/2242
said: an increment at repeated indices dropped all but one contribution, so gradients through embeddings were silently wrong
"""

import numpy as np

PARAMETERS = ["W_in", "W_out"]
def data(seed=0):
    r = np.random.default_rng(seed)
    around = np.array([[0, 1, 3, 0], [1, 3, 5, 2], [4, 0, 4, 1], [2, 5, 1, 6]])
    candidates = np.array([[2, 4, 6], [4, 0, 6], [5, 2, 3], [3, 0, 2]])
    return r.normal(size=(7, 3)), r.normal(size=(7, 3)), around, candidates


def loss(W_in, W_out, around, candidates):
    # the first candidate is the word that is missing, the others are drawn
    n = len(around)
    h = np.mean(W_in[around], axis=1)
    scores = np.sum(h.reshape(n, 1, 3) * W_out[candidates], axis=2)
    return np.sum(np.log(1 + np.exp(scores))) - np.sum(scores[:, 0])


def logistic(x):
    return np.exp(x) / (1 + np.exp(x))


def average(table, words):
    total = np.zeros(table.shape[1])
    for w in words:
        total = total + table[w]
    return total / len(words)


def right(W_in, W_out, around, candidates):
    grads = {"W_in": np.zeros_like(W_in), "W_out": np.zeros_like(W_out)}
    for words, guesses in zip(around, candidates):
        h = average(W_in, words)
        to_hidden = np.zeros_like(h)
        for position, w in enumerate(guesses):
            error = logistic(h @ W_out[w])
            if position == 0:
                error = error - 1
            to_hidden += error * W_out[w]
            grads["W_out"][w] += error * h
        for w in words:
            grads["W_in"][w] += to_hidden / len(words)
    return grads


class Embedding:
    def __init__(self, W):
        self.W, self.dW = W, np.zeros_like(W)

    def forward(self, ids):
        self.ids = ids
        return self.W[ids]

    def backward(self, dout):
        self.dW[self.ids] += dout


class EmbeddingDot:
    def __init__(self, W):
        self.embed = Embedding(W)

    def forward(self, h, ids):
        self.h, self.target = h, self.embed.forward(ids)
        return (self.h[:, None, :] * self.target).sum(axis=2)

    def backward(self, dout):
        self.embed.backward(dout[:, :, None] * self.h[:, None, :])
        return (dout[:, :, None] * self.target).sum(axis=1)


class SigmoidLoss:
    def forward(self, scores):
        self.y = 1 / (1 + np.exp(-scores))

    def backward(self):
        dx = self.y.copy()
        dx[:, 0] -= 1
        return dx


class Cbow:
    def __init__(self, W_in, W_out):
        self.inputs, self.dot, self.last = Embedding(W_in), EmbeddingDot(W_out), SigmoidLoss()

    def forward(self, around, candidates):
        self.width = around.shape[1]
        h = self.inputs.forward(around).mean(axis=1)
        self.last.forward(self.dot.forward(h, candidates))

    def backward(self):
        dh = self.dot.backward(self.last.backward())
        share = np.repeat(dh[:, None, :] / self.width, self.width, axis=1)
        self.inputs.backward(share)


def backprop(W_in, W_out, around, candidates):
    net = Cbow(W_in, W_out)
    net.forward(around, candidates)
    net.backward()
    return net.inputs.dW, net.dot.embed.dW

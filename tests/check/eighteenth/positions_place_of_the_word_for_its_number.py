"""Positions place of the word for its number.

expected kind: wrong-point or wrong-parameter
wrong line: 64
correction 64: self.grad_table[i] += g
what: The rows of the table are counted by the place in the sentence, not by the number of the word
source: https://github.com/ooples/AiDotNet.Tensors/pull/894
said: what is gathered is indexed by the source, where it has to be added at the index of the output
"""

import numpy as np

PARAMETERS = ["E", "P", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    tokens = np.array([[1, 4, 1, 0], [2, 2, 0, 0], [3, 1, 4, 5], [5, 0, 0, 0]])
    return r.normal(size=(6, 3)), r.normal(size=(4, 3)), r.normal(size=(3, 3)), tokens, np.array([4, 2, 4, 1]), np.array([0, 2, 1, 1])


def loss(E, P, W, tokens, lengths, labels):
    total = 0.0
    for sentence, n, label in zip(tokens, lengths, labels):
        bag = np.sum(np.tanh(E[sentence[:n]] + P[:n]), axis=0) / n
        s = bag @ W
        total = total + np.log(np.sum(np.exp(s))) - s[label]
    return total / len(labels)


def right(E, P, W, tokens, lengths, labels):
    N, L = tokens.shape
    mask = (np.arange(L)[None, :] < lengths[:, None]).astype(float)
    u = np.tanh(E[tokens] + P[None, :, :])
    bag = (u * mask[:, :, None]).sum(axis=1) / lengths[:, None]
    scores = bag @ W
    scores -= scores.max(axis=1, keepdims=True)
    dscores = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    dscores[np.arange(N), labels] -= 1
    dscores /= N
    dW = bag.T @ dscores
    dbag = dscores @ W.T / lengths[:, None]
    du = dbag[:, None, :] * mask[:, :, None]
    dsum = du * (1 - u**2)
    dE = np.zeros_like(E)
    np.add.at(dE, tokens, dsum)
    dP = dsum.sum(axis=0)
    return dE, dP, dW


class EmbeddingBag:
    def __init__(self, table, positions):
        self.table, self.positions = table, positions
        self.grad_table, self.grad_positions = np.zeros_like(table), np.zeros_like(positions)

    def forward(self, ids):
        self.ids = ids
        self.features = [np.tanh(self.table[i] + self.positions[p]) for p, i in enumerate(ids)]
        return sum(self.features) / len(ids)

    def backward(self, grad):
        for p, (i, f) in enumerate(zip(self.ids, self.features)):
            g = grad * (1 - f * f) / len(self.ids)
            self.grad_table[p] += g
            self.grad_positions[p] += g


def backprop(E, P, W, tokens, lengths, labels):
    layer, dW = EmbeddingBag(E, P), np.zeros_like(W)
    for sentence, n, label in zip(tokens, lengths, labels):
        bag = layer.forward(sentence[:n])
        scores = bag @ W
        dscores = np.exp(scores - scores.max())
        dscores /= dscores.sum()
        dscores[label] -= 1
        dscores /= len(labels)
        dW += np.outer(bag, dscores)
        layer.backward(W @ dscores)
    return layer.grad_table, layer.grad_positions, dW

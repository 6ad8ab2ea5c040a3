"""Kettle left and right exchanged at the nodes.

expected kind: another-loss
wrong line: 80
correction 80: g = (f - (1 - code)) * share
what: The sigmoid is the chance of a turn to the left, the code zero, and is held against the code itself
source: https://github.com/dav/word2vec/issues/34
said: someone wants the code itself where one minus the code stands in the gradient of the hierarchical softmax
"""

import numpy as np

PARAMETERS = ["C", "N"]
# five words; the inner nodes on the way to each, and where it turns: 0 left, 1 right
PATHS = [(0, 1), (0, 1), (0, 2), (0, 2, 3), (0, 2, 3)]
CODES = [(0, 0), (0, 1), (1, 0), (1, 1, 0), (1, 1, 1)]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def data(seed=0):
    r = np.random.default_rng(seed)
    # four contexts of four words; the first word of each comes again, and two have the same second word
    around = r.integers(0, 5, size=(4, 4))
    around[:, 3] = around[:, 0]
    around[2, 1] = around[0, 1]
    return r.normal(size=(5, 3)), r.normal(size=(4, 3)), around, r.integers(0, 5, size=4)


def loss(C, N, around, middle):
    total = 0.0
    for words, word in zip(around, middle):
        h = C[words].mean(axis=0)
        for node, code in zip(PATHS[word], CODES[word]):
            # to the left with the chance sigmoid(h @ N[node])
            total = total - np.log(sigmoid((1 - 2 * code) * (h @ N[node])))
    return total / len(middle)


def tree():
    """Masks and turns of the words, words times nodes."""
    on, turn = np.zeros((5, 4)), np.zeros((5, 4))
    for word, (path, code) in enumerate(zip(PATHS, CODES)):
        on[word, list(path)] = 1
        turn[word, list(path)] = code
    return on, turn


class CBOW:
    def __init__(self, C, N):
        self.C, self.N = C, N
        self.on, self.turn = tree()
        self.grads = {"C": np.zeros_like(C), "N": np.zeros_like(N)}

    def step(self, around, middle):
        h = self.C[around].sum(axis=1) / around.shape[1]
        right_turn = sigmoid(-(h @ self.N.T))
        g = (self.turn[middle] - right_turn) * self.on[middle] / len(middle)
        self.grads["N"] += g.T @ h
        dh = g @ self.N / around.shape[1]
        for place in range(around.shape[1]):
            np.add.at(self.grads["C"], around[:, place], dh)
        return self.grads


def right(C, N, around, middle):
    return CBOW(C, N).step(around, middle)


def backprop(C, N, around, middle):
    dC, dN = np.zeros(C.shape), np.zeros(N.shape)
    share = 1 / len(middle)
    for words, word in zip(around, middle):
        h = sum(C[w] for w in words) / len(words)
        dh = np.zeros(len(h))
        for node, code in zip(PATHS[word], CODES[word]):
            f = sigmoid(np.dot(h, N[node]))
            g = (f - code) * share
            dh += g * N[node]
            dN[node] += g * h
        for w in words:
            dC[w] += dh / len(words)
    return dC, dN

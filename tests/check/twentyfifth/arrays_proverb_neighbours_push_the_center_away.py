"""Arrays proverb neighbours push the center away.

expected kind: sign
wrong line: 71
correction 71: weights = np.where(self.near, self.p - 1, self.p) / n
given as: arrays
what: In the gradient of the center the term of the words that did stand beside it has the wrong sign
source: https://github.com/chaklam-silpasuwanchai/Python-fo-Natural-Language-Processing/issues/1
said: the first term of the gradient by the center word lacks a minus: it should be sigmoid minus one
"""

import numpy as np

PARAMETERS = ["C", "O"]


def data(seed=0):
    r = np.random.default_rng(seed)
    said = np.array([0, 2, 4, 2, 5])
    heard = np.array([[1, 3, 5], [4, 0, 3], [5, 2, 0], [3, 3, 1], [0, 4, 2]])
    # 0: it stood beside the word that was said, 1: it was drawn
    drawn = np.array([[0, 1, 1], [1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 1]])
    return r.normal(size=(6, 3)), r.normal(size=(6, 3)), said, heard, drawn


def loss(C, O, said, heard, drawn):
    n = len(said)
    scores = np.sum(O[heard] * C[said].reshape(n, 1, 3), axis=2)
    side = 1 - 2 * drawn
    return np.sum(np.log(1 + np.exp(-side * scores))) / n


def squash(x):
    return 1 / (1 + np.exp(-x))


def train_pair(center, words, code):
    """Slopes of one word that was said, and of those that were heard or drawn with it."""
    sgn = (-1.0) ** code  # 0 -> 1, 1 -> -1
    scores = words.dot(center)
    pull = -sgn * squash(-sgn * scores)
    return pull.dot(words), np.outer(pull, center)


def right(C, O, said, heard, drawn):
    n = len(said)
    dC = np.zeros_like(C)
    dO = np.zeros_like(O)
    for k in range(n):
        to_center, to_words = train_pair(C[said[k]], O[heard[k]], drawn[k])
        dC[said[k]] += to_center
        for word, slope in zip(heard[k], to_words):
            dO[word] += slope
    return dC / n, dO / n


class SkipGram:
    def __init__(self, C, O):
        self.C, self.O = C, O

    def forward(self, said, heard, drawn):
        self.said, self.heard, self.near = said, heard, drawn == 0
        self.v, self.u = self.C[said], self.O[heard]
        scores = np.einsum("nkd,nd->nk", self.u, self.v)
        self.p = np.exp(scores) / (1 + np.exp(scores))

    def backward(self):
        n = len(self.said)
        dC, dO = np.zeros_like(self.C), np.zeros_like(self.O)
        # the word that was said
        weights = np.where(self.near, 1 - self.p, self.p) / n
        np.add.at(dC, self.said, np.einsum("nk,nkd->nd", weights, self.u))
        # the others
        errors = (self.p - self.near) / n
        np.add.at(dO, self.heard, errors[:, :, None] * self.v[:, None, :])
        return dC, dO


def backprop(C, O, said, heard, drawn):
    model = SkipGram(C, O)
    model.forward(said, heard, drawn)
    return model.backward()

"""Combined verse state after the step and weights not turned.

expected kind: wrong-point + transpose
wrong line: 76 and 78
correction 76: self.dU += np.outer(self.h[t], raw)
correction 78: dh = self.U @ raw
what: The recurrent weights get the state after the step where it is the one before; the slope goes back through the weights the wrong way round
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "U", "b", "v", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    letters, d, words, length = 4, 3, 5, 6
    E, U, b = r.normal(size=(letters, d)), 0.8 * r.normal(size=(d, d)), 0.3 * r.normal(size=d)
    # words of a verse, letter by letter; is the word stressed at its end?
    return E, U, b, r.normal(size=d), 0.3 * r.normal(size=1), r.integers(0, letters, (words, length)), r.integers(0, 2, words)


def loss(E, U, b, v, c, words, stressed):
    h = np.zeros((len(words), len(b)))
    for t in range(words.shape[1]):
        h = np.tanh(E[words[:, t]] + h @ U + b)
    score = h @ v + c
    return np.mean(np.log(1 + np.exp(score)) - stressed * score)


def states(E, U, b, words):
    hs = [np.zeros((len(words), len(b)))]
    for letters in words.T:
        hs.append(np.tanh(E[letters] + hs[-1] @ U + b))
    return hs


def right(E, U, b, v, c, words, stressed):
    hs = states(E, U, b, words)
    n, T = words.shape
    derr = (1 / (1 + np.exp(-(hs[-1] @ v + c))) - stressed) / n
    dE, dU, db = np.zeros_like(E), np.zeros_like(U), np.zeros_like(b)
    dh = np.outer(derr, v)
    for t in range(T, 0, -1):
        da = dh * (1 - hs[t] ** 2)
        np.add.at(dE, words[:, t - 1], da)
        dU += hs[t - 1].T @ da
        db += da.sum(axis=0)
        dh = da @ U.T
    return dE, dU, db, hs[-1].T @ derr, np.array([derr.sum()])


class Reader:
    """Reads one word at a time and adds up what it learns."""

    def __init__(self, E, U, b, v, c):
        self.E, self.U, self.b, self.v, self.c = E, U, b, v, c
        self.dE, self.dU, self.db, self.dv, self.dc = (np.zeros(m.shape) for m in (E, U, b, v, c))

    def read(self, word):
        self.word = word
        self.h = [np.zeros(self.b.size)]
        for letter in word:
            self.h.append(np.tanh(self.E[letter] + self.h[-1] @ self.U + self.b))
        return float(self.h[-1] @ self.v + self.c[0])

    def learn(self, d):
        self.dv += d * self.h[-1]
        self.dc += d
        dh = d * self.v
        for t in reversed(range(len(self.word))):
            raw = dh * (1 - self.h[t + 1] * self.h[t + 1])
            self.dE[self.word[t]] += raw
            self.dU += np.outer(self.h[t + 1], raw)
            self.db += raw
            dh = self.U.T @ raw


def backprop(E, U, b, v, c, words, stressed):
    reader = Reader(E, U, b, v, c)
    for word, y in zip(words, stressed):
        p = 1 / (1 + np.exp(-reader.read(word)))
        reader.learn((p - y) / len(words))
    return {"E": reader.dE, "U": reader.dU, "b": reader.db, "v": reader.dv, "c": reader.dc}

"""Arrays blanks each word gets the whole gradient.

expected kind: sum-for-mean or scale
wrong line: 76
correction 76: share = dh / len(window)
given as: arrays
what: The vectors of a window are averaged, but each gets the whole gradient of the average
source: https://github.com/arXivTimes/arXivTimes/issues/1985
said: a paper shows that the usual CBOW has the wrong gradient: it isn't divided by the number of words in the window
"""

import numpy as np

PARAMETERS = ["E", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    windows = np.array([[0, 1, 3, 4], [2, 5, 2, 0], [6, 1, 0, 3], [4, 4, 5, 6], [1, 2, 6, 0]])
    return r.normal(size=(7, 3)), r.normal(size=(7, 3)), windows, np.array([2, 1, 5, 0, 3])


def loss(E, U, windows, centres):
    h = np.mean(E[windows], axis=1)
    scores = h @ U.T
    return np.sum(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(centres)), centres])


class ContextBag:
    def __init__(self, inner, outer):
        self.inner, self.outer = inner, outer

    def encode(self, windows):
        counts = np.zeros((len(windows), len(self.inner)))
        for n, window in enumerate(windows):
            np.add.at(counts[n], window, 1)
        self.bag = counts / windows.shape[1]
        self.h = self.bag @ self.inner
        return self.h

    def probabilities(self):
        scores = self.h @ self.outer.T
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)

    def gradients(self, centres):
        wanted = np.zeros((len(centres), len(self.outer)))
        wanted[np.arange(len(centres)), centres] = 1
        error = self.probabilities() - wanted
        d_outer = error.T @ self.h
        d_h = error @ self.outer
        d_inner = self.bag.T @ d_h
        return d_inner, d_outer


def right(E, U, windows, centres):
    model = ContextBag(E, U)
    model.encode(windows)
    return dict(zip(PARAMETERS, model.gradients(centres)))


def backprop(E, U, windows, centres):
    dE, dU = np.zeros_like(E), np.zeros_like(U)
    for window, centre in zip(windows, centres):
        h = np.zeros(E.shape[1])
        for word in window:
            h += E[word]
        h /= len(window)
        e = np.exp(U @ h)
        miss = e / e.sum()
        miss[centre] -= 1.0
        dh = np.zeros_like(h)
        for word in range(len(U)):
            dU[word] += miss[word] * h
            dh += miss[word] * U[word]
        share = dh
        for word in window:
            dE[word] += share
    return dE, dU

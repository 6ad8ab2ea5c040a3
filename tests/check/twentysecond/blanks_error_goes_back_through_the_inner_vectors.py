"""Blanks error goes back through the inner vectors.

expected kind: wrong-parameter
wrong line: 70
correction 70: d_h = error @ self.outer
what: The error is brought back to the window by the vectors of the context words, not by the outer ones
source: https://github.com/chaklam-silpasuwanchai/Python-fo-Natural-Language-Processing/issues/6
said: there are two embeddings, of centre and of outside words, but the one of the centre is used for both
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


def right(E, U, windows, centres):
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
        share = dh / len(window)
        for word in window:
            dE[word] += share
    return dE, dU


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
        d_h = error @ self.inner
        d_inner = self.bag.T @ d_h
        return d_inner, d_outer


def backprop(E, U, windows, centres):
    model = ContextBag(E, U)
    model.encode(windows)
    return dict(zip(PARAMETERS, model.gradients(centres)))

"""Lantern padding learns as well.

expected kind: wrong-mask or missing-factor
wrong line: 72 or 74
correction 72: each = (dmean / self.count)[:, None, :] * self.real
correction 74: np.add.at(self.dE, self.notes, each * self.real)
what: The row of the padding gets a gradient like every syllable, though it counts for nothing in the mean
source: https://github.com/pytorch/pytorch/issues/26302
said: the vector at the index of the padding had a gradient that wasn't zero
"""

import numpy as np

PARAMETERS = ["E", "C", "c"]
PAD = 0


def data(seed=0):
    r = np.random.default_rng(seed)
    # six notes on lanterns, of up to five syllables out of seven; the rest is padding; three colours
    notes = r.integers(1, 7, size=(6, 5))
    for i, length in enumerate((5, 3, 2, 4, 3, 1)):
        notes[i, length:] = PAD
    return r.normal(size=(7, 3)), r.normal(size=(3, 3)), 0.4 * r.normal(size=3), notes, r.integers(0, 3, size=6)


def loss(E, C, c, notes, colour):
    total = 0.0
    for note, y in zip(notes, colour):
        # the row of the padding is there, and counts for nothing
        syllables = [E[s] for s in note if s != PAD]
        z = np.tanh(sum(syllables) / len(syllables)) @ C + c
        total = total + np.log(np.sum(np.exp(z))) - z[y]
    return total / len(notes)


def right(E, C, c, notes, colour):
    total = [np.zeros(E.shape), np.zeros(C.shape), np.zeros(c.shape)]

    def one(note, y):
        length = int(np.count_nonzero(note != PAD))
        spelled = note[:length]
        h = np.tanh(E[spelled].mean(axis=0))
        e = np.exp(c + h.dot(C))
        err = e / e.sum()
        err[y] -= 1.0
        dh = C.dot(err)
        dmean = dh * (1 - h * h)
        dE = np.zeros(E.shape)
        for s in spelled:
            dE[s] += dmean / length
        return dE, np.outer(h, err), err

    for note, y in zip(notes, colour):
        for sum_, part in zip(total, one(note, y)):
            sum_ += part / len(notes)
    return total


class Bag:
    """The mean of the syllables that are none of the padding."""

    def __init__(self, E):
        self.E = E

    def forward(self, notes):
        self.notes, self.real = notes, (notes != PAD)[:, :, None]
        self.count = self.real.sum(axis=1)
        return (self.E[notes] * self.real).sum(axis=1) / self.count

    def backward(self, dmean):
        each = np.repeat((dmean / self.count)[:, None, :], self.notes.shape[1], axis=1)
        self.dE = np.zeros_like(self.E)
        np.add.at(self.dE, self.notes, each)


def backprop(E, C, c, notes, colour):
    bag = Bag(E)
    h = np.tanh(bag.forward(notes))
    p = np.exp(h @ C + c)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(colour)), colour] -= 1
    p /= len(colour)
    bag.backward((p @ C.T) * (1 - h**2))
    return {"E": bag.dE, "C": h.T @ p, "c": p.sum(axis=0)}

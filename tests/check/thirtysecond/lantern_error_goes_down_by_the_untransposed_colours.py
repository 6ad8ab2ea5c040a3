"""Lantern error goes down by the untransposed colours.

expected kind: transpose
wrong line: 75 or 76
correction 75: dh = C.dot(err)
correction 76: dmean = C.dot(err) * (1 - h * h)
what: The error comes back through the square weights of the colours as it goes forwards
source: usual
said: a usual mistake, made up by the author
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


class Bag:
    """The mean of the syllables that are none of the padding."""

    def __init__(self, E):
        self.E = E

    def forward(self, notes):
        self.notes, self.real = notes, (notes != PAD)[:, :, None]
        self.count = self.real.sum(axis=1)
        return (self.E[notes] * self.real).sum(axis=1) / self.count

    def backward(self, dmean):
        each = (dmean / self.count)[:, None, :] * self.real
        self.dE = np.zeros_like(self.E)
        np.add.at(self.dE, self.notes, each)


def right(E, C, c, notes, colour):
    bag = Bag(E)
    h = np.tanh(bag.forward(notes))
    p = np.exp(h @ C + c)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(colour)), colour] -= 1
    p /= len(colour)
    bag.backward((p @ C.T) * (1 - h**2))
    return {"E": bag.dE, "C": h.T @ p, "c": p.sum(axis=0)}


def backprop(E, C, c, notes, colour):
    total = [np.zeros(E.shape), np.zeros(C.shape), np.zeros(c.shape)]

    def one(note, y):
        length = int(np.count_nonzero(note != PAD))
        spelled = note[:length]
        h = np.tanh(E[spelled].mean(axis=0))
        e = np.exp(c + h.dot(C))
        err = e / e.sum()
        err[y] -= 1.0
        dh = err.dot(C)
        dmean = dh * (1 - h * h)
        dE = np.zeros(E.shape)
        for s in spelled:
            dE[s] += dmean / length
        return dE, np.outer(h, err), err

    for note, y in zip(notes, colour):
        for sum_, part in zip(total, one(note, y)):
            sum_ += part / len(notes)
    return total

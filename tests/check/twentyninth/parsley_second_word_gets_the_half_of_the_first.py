"""Parsley second word gets the half of the first.

expected kind: wrong-point
wrong line: 93
correction 93: self.dE_in[b] += dx[half:]
what: The two words before are one vector; both get the gradient of its first half
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "M", "c", "bias"]
NOTHING = 0


def data(seed=0):
    r = np.random.default_rng(seed)
    words, d, n, longest = 6, 3, 4, 6
    lines = r.integers(1, words, size=(n, longest))
    for i, length in enumerate((6, 4, 3, 5)):
        lines[i, length:] = NOTHING
    return r.normal(size=(words, d)), r.normal(size=(2 * d, d)), 0.4 * r.normal(size=d), 0.5 * r.normal(size=words), lines


def loss(E, M, c, bias, lines):
    # the next word from the two before; the table is that of the output, too
    seen = np.concatenate([E[lines[:, :-2]], E[lines[:, 1:-1]]], axis=2)
    scores = np.tanh(seen @ M + c) @ E.T + bias
    target = lines[:, 2:]
    n, T = target.shape
    logs = np.log(np.sum(np.exp(scores), axis=2))
    picked = scores[np.arange(n)[:, None], np.arange(T)[None, :], target]
    counts = target != NOTHING
    return np.sum((logs - picked) * counts) / np.sum(counts)


def softmax(z):
    z = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return z / np.sum(z, axis=-1, keepdims=True)


def right(E, M, c, bias, lines):
    d = E.shape[1]
    before, last, target = lines[:, :-2], lines[:, 1:-1], lines[:, 2:]
    mask = (target != NOTHING).astype(float)
    x = np.concatenate([E[before], E[last]], axis=2)
    h = np.tanh(x @ M + c)
    probs = softmax(h @ E.T + bias)

    dscores = probs - np.eye(len(E))[target]
    dscores = dscores * mask[:, :, None] / mask.sum()
    dbias = dscores.sum(axis=(0, 1))
    dh = dscores @ E
    dE = np.einsum("ntv,ntd->vd", dscores, h)
    dpre = dh * (1 - h**2)
    dM = np.einsum("nti,ntj->ij", x, dpre)
    dc = dpre.sum(axis=(0, 1))
    dx = dpre @ M.T
    np.add.at(dE, before, dx[:, :, :d])
    np.add.at(dE, last, dx[:, :, d:])
    return dE, dM, dc, dbias


class Parsley:
    """A tiny language model, one word at a time."""

    def __init__(self, E, M, c, bias):
        self.E, self.M, self.c, self.bias = E, M, c, bias
        self.zero_grad()

    def zero_grad(self):
        self.dE_in, self.dE_out = np.zeros(self.E.shape), np.zeros(self.E.shape)
        self.dM, self.dc, self.dbias = np.zeros(self.M.shape), np.zeros(self.c.shape), np.zeros(self.bias.shape)

    def learn(self, a, b, y, weight):
        x = np.r_[self.E[a], self.E[b]]
        h = np.tanh(x @ self.M + self.c)
        e = np.exp(self.E @ h + self.bias)
        ds = weight * e / e.sum()
        ds[y] -= weight
        # output
        self.dbias += ds
        self.dE_out += np.outer(ds, h)
        # hidden
        dpre = (self.E.T @ ds) * (1 - h * h)
        self.dM += np.outer(x, dpre)
        self.dc += dpre
        # input
        dx = self.M @ dpre
        half = len(dx) // 2
        self.dE_in[a] += dx[:half]
        self.dE_in[b] += dx[:half]

    @property
    def grads(self):
        dE = self.dE_in + self.dE_out
        return dE, self.dM, self.dc, self.dbias


def backprop(E, M, c, bias, lines):
    model = Parsley(E, M, c, bias)
    samples = [(s[t - 2], s[t - 1], s[t]) for s in lines for t in range(2, len(s)) if s[t] != NOTHING]
    for a, b, y in samples:
        model.learn(a, b, y, 1 / len(samples))
    return model.grads

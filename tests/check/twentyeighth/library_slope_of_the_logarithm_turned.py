"""Library slope of the logarithm turned.

expected kind: sign
wrong line: 69
correction 69: ds = -y / (1 + np.exp(y * s)) / n
what: The slope of the logarithm of the sigmoid has the wrong sign; the penalty has the right one
source: https://github.com/btwardow/FactorizationMachines.jl/pull/16
said: a negative sign was missing in the derivative of the negative log likelihood
"""

import numpy as np

PARAMETERS = ["base", "w", "V"]
DECAY = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    # a reader, a book, a season: borrowed (1) or not (-1)
    n, m, k = 8, 6, 3
    x = r.uniform(0.2, 1.6, size=(n, m)) * (r.uniform(size=(n, m)) < 0.7)
    return r.normal(size=1), r.normal(size=m), 0.8 * r.normal(size=(m, k)), x, np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0])


def loss(base, w, V, x, taken):
    pairs = 0.5 * np.sum((x @ V) ** 2 - (x**2) @ (V**2), axis=1)
    s = base[0] + x @ w + pairs
    return np.mean(np.log(1 + np.exp(-taken * s))) + 0.5 * DECAY * np.sum(V**2)


class FactorizationMachine:
    def __init__(self, base, w, V):
        self.base, self.w, self.V = base, w, V

    def forward(self, x):
        self.x, self.sums = x, x @ self.V
        return self.base + x @ self.w + ((self.sums**2).sum(1) - ((x**2) @ self.V**2).sum(1)) / 2

    def backward(self, ds):
        together = self.x.T @ (ds[:, None] * self.sums)
        alone = (self.x**2).T @ ds
        self.dV = together - alone[:, None] * self.V
        self.dw = self.x.T @ ds
        self.dbase = np.array([ds.sum()])


def right(base, w, V, x, taken):
    fm = FactorizationMachine(base, w, V)
    s = fm.forward(x)
    chance = 1 / (1 + np.exp(-taken * s))
    fm.backward(taken * (chance - 1) / len(x))
    fm.dV += DECAY * V
    return fm.dbase, fm.dw, fm.dV


def score(base, w, V, row):
    s = base[0] + np.dot(w, row)
    for i in range(len(row)):
        for j in range(i + 1, len(row)):
            s += np.dot(V[i], V[j]) * row[i] * row[j]
    return s


def backprop(base, w, V, x, taken):
    n, m = x.shape
    dbase, dw, dV = np.zeros(1), np.zeros(m), DECAY * V
    for row, y in zip(x, taken):
        s = score(base, w, V, row)
        ds = y / (1 + np.exp(y * s)) / n
        dbase += ds
        dw += ds * row
        for i in range(m):
            if row[i] == 0:
                continue
            others = sum(V[j] * row[j] for j in range(m) if j != i)
            dV[i] += ds * row[i] * others
    return dbase, dw, dV

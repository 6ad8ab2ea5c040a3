"""Combined encoder cut off and decoder slope.

expected kind: detached or missing-term + wrong-activation
wrong line: 74 and 77
correction 74: dz = (dh + douts[t - 1]) * (1 - h**2)
correction 77: dh = dcode + dh
what: The encoder gets nothing from the decoder that starts at its last state, and the decoder's tanh has another
    slope
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "D"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)) * 0.8, r.normal(size=(3, 3)) * 0.8, r.normal(size=(3, 3)), r.normal(size=(3, 3))


def loss(E, D, source, target):
    h, total = np.zeros(3), 0
    for x in source:
        h = np.tanh(E @ h + x)
    total = total + 0.1 * np.sum(h**2)
    for y in target:
        h = np.tanh(D @ h)
        total = total + np.sum((h - y) ** 2)
    return total


def right(E, D, source, target):
    e, d = [np.zeros(3)], []
    for x in source:
        e.append(np.tanh(E @ e[-1] + x))
    d.append(e[-1])
    for _ in target:
        d.append(np.tanh(D @ d[-1]))
    gE, gD, lam = 0 * E, 0 * D, np.zeros(3)
    for k in (3, 2, 1):
        a = (lam + 2 * (d[k] - target[k - 1])) * (1 - d[k] ** 2)
        gD, lam = gD + np.outer(a, d[k - 1]), D.T @ a
    lam = lam + 0.2 * e[3]
    for k in (3, 2, 1):
        a = lam * (1 - e[k] ** 2)
        gE, lam = gE + np.outer(a, e[k - 1]), E.T @ a
    return gE, gD


class Seq2Seq:
    def __init__(self, E, D):
        self.E, self.D = E, D

    def encode(self, source):
        self.enc = [np.zeros(3)]
        for x in source:
            self.enc.append(np.tanh(self.E @ self.enc[-1] + x))
        self.source = source
        return self.enc[-1]

    def decode(self, h, steps):
        self.dec = [h]
        for _ in range(steps):
            self.dec.append(np.tanh(self.D @ self.dec[-1]))
        return self.dec[1:]

    def backward(self, douts, dcode):
        dE, dD = np.zeros_like(self.E), np.zeros_like(self.D)
        dh = np.zeros(3)
        for t in range(len(douts), 0, -1):
            h = self.dec[t]
            dz = (dh + douts[t - 1]) * h * (1 - h)
            dD += np.outer(dz, self.dec[t - 1])
            dh = self.D.T @ dz
        dh = dcode
        for t in range(len(self.source), 0, -1):
            dz = dh * (1 - self.enc[t] ** 2)
            dE += np.outer(dz, self.enc[t - 1])
            dh = self.E.T @ dz
        return dE, dD


def backprop(E, D, source, target):
    model = Seq2Seq(E, D)
    code = model.encode(source)
    outs = model.decode(code, len(target))
    return model.backward([2 * (h - y) for h, y in zip(outs, target)], 0.2 * code)

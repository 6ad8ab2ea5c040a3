"""Combined fiddle reset gate left out and nothing shared among the notes.

expected kind: missing-factor + sum-for-mean
wrong line: 91 and 105
correction 91: dprev += drh * r
correction 105: dguess = (h @ v - pitch[t]) / len(pitch)
what: The way through the candidate into the state before lacks the reset gate; the errors aren't divided by the number of the notes
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "U", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # one tune of six notes; update, reset and candidate one after the other
    W, U, b = r.normal(size=(3, 2, 4)), r.normal(size=(3, 4, 4)), 0.4 * r.normal(size=(3, 4))
    return W, U, b, r.normal(size=4), r.normal(size=(6, 2)), r.normal(size=6)


def loss(W, U, b, v, notes, pitch):
    h, total = np.zeros(4), 0.0
    for x, y in zip(notes, pitch):
        z = 1 / (1 + np.exp(-(x @ W[0] + h @ U[0] + b[0])))
        r = 1 / (1 + np.exp(-(x @ W[1] + h @ U[1] + b[1])))
        h = (1 - z) * h + z * np.tanh(x @ W[2] + (r * h) @ U[2] + b[2])
        total = total + (h @ v - y) ** 2
    return total / (2 * len(notes))


def right(W, U, b, v, notes, pitch):
    def sigma(a):
        return 1 / (1 + np.exp(-a))

    steps, h = [], np.zeros(U.shape[1])
    for x in notes:
        before = h
        z, r = (sigma(x @ W[k] + before @ U[k] + b[k]) for k in (0, 1))
        new = np.tanh(x @ W[2] + (r * before) @ U[2] + b[2])
        h = (1 - z) * before + z * new
        steps.append((x, before, z, r, new, h))

    dW, dU, db, dv = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b), np.zeros_like(v)
    dh = np.zeros_like(h)
    for (x, before, z, r, new, h), y in zip(steps[::-1], pitch[::-1]):
        error = (h @ v - y) / len(notes)
        dv += error * h
        dh = dh + error * v
        dnew = dh * z * (1 - new**2)
        dr = (U[2] @ dnew) * before * r * (1 - r)
        dz = dh * (new - before) * z * (1 - z)
        for k, (d, state) in enumerate([(dz, before), (dr, before), (dnew, r * before)]):
            dW[k] += np.outer(x, d)
            dU[k] += np.outer(state, d)
            db[k] += d
        dh = dh * (1 - z) + (U[2] @ dnew) * r + U[0] @ dz + U[1] @ dr
    return dW, dU, db, dv


class GRUCell:
    names = ("update", "reset", "candidate")

    def __init__(self, W, U, b):
        self.W, self.U, self.b = ({name: p[k] for k, name in enumerate(self.names)} for p in (W, U, b))
        self.g = {name: [np.zeros_like(p[name]) for p in (self.W, self.U, self.b)] for name in self.names}

    def linear(self, name, x, h):
        return x @ self.W[name] + h @ self.U[name] + self.b[name]

    def collect(self, name, x, h, d):
        gW, gU, gb = self.g[name]
        gW += np.outer(x, d)
        gU += np.outer(h, d)
        gb += d
        return self.U[name] @ d

    def forward(self, x, h):
        z = 1 / (1 + np.exp(-self.linear("update", x, h)))
        r = 1 / (1 + np.exp(-self.linear("reset", x, h)))
        n = np.tanh(self.linear("candidate", x, r * h))
        return h + z * (n - h), {"x": x, "h": h, "z": z, "r": r, "n": n}

    def backward(self, dh, cache):
        x, h, z, r, n = (cache[k] for k in "xhzrn")
        dn = dh * z * (1 - n * n)
        drh = self.collect("candidate", x, r * h, dn)
        dprev = dh * (1 - z)
        dprev += drh
        dprev += self.collect("reset", x, h, drh * h * r * (1 - r))
        dprev += self.collect("update", x, h, dh * (n - h) * z * (1 - z))
        return dprev


def backprop(W, U, b, v, notes, pitch):
    cell, h, tape = GRUCell(W, U, b), np.zeros(4), []
    for x in notes:
        h, cache = cell.forward(x, h)
        tape.append((h, cache))
    dh, dv = np.zeros(4), np.zeros(4)
    for t in reversed(range(len(tape))):
        h, cache = tape[t]
        dguess = h @ v - pitch[t]
        dv += dguess * h
        dh = cell.backward(dh + dguess * v, cache)
    stacked = [np.stack([cell.g[name][k] for name in cell.names]) for k in range(3)]
    return dict(zip(PARAMETERS, [*stacked, dv]))

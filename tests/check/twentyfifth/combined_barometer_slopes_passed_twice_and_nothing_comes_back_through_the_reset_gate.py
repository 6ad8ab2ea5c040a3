"""Combined barometer slopes passed twice and nothing comes back through the reset gate.

expected kind: repeated-factor + missing-term
wrong line: 80 and 104
correction 80: da = dy * self.slope(y)
correction 104: dprev += reset.back(x, h, r, through * h)
what: The slope of each gate and of the candidate is multiplied in twice; what the reset gate gives back to the state is dropped
source: https://github.com/chnsh/DCRNN_PyTorch/issues/12
said: in a cell of gated units the sigmoid of the gates is passed twice, in the layer and again around it; the reset gate is the author's
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wc", "Uc", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    inputs, units = 2, 3
    Wz, Wr, Wc = r.normal(size=(3, inputs, units))
    Uz, Ur, Uc = 0.8 * r.normal(size=(3, units, units))
    return Wz, Uz, Wr, Ur, Wc, Uc, r.normal(size=units), r.normal(size=(5, 4, inputs)), r.normal(size=5)


def loss(Wz, Uz, Wr, Ur, Wc, Uc, v, air, change):
    h = np.zeros((len(air), len(v)), dtype=air.dtype)
    for t in range(air.shape[1]):
        x = air[:, t]
        z = 1 / (1 + np.exp(-(x @ Wz + h @ Uz)))
        r = 1 / (1 + np.exp(-(x @ Wr + h @ Ur)))
        c = np.tanh(x @ Wc + (r * h) @ Uc)
        h = (1 - z) * h + z * c
    return np.mean((h @ v - change) ** 2)


def sig(a):
    return 1 / (1 + np.exp(-a))


def right(Wz, Uz, Wr, Ur, Wc, Uc, v, air, change):
    N, T, _ = air.shape
    h = np.zeros((N, v.size))
    cache = []
    for t in range(T):
        x = air[:, t, :]
        z, r = sig(x.dot(Wz) + h.dot(Uz)), sig(x.dot(Wr) + h.dot(Ur))
        c = np.tanh(x.dot(Wc) + (r * h).dot(Uc))
        cache.append((x, h, z, r, c))
        h = (1 - z) * h + z * c
    err = h.dot(v) - change
    dv = 2 / N * h.T.dot(err)
    dh = 2 / N * np.outer(err, v)
    dWz, dUz, dWr, dUr, dWc, dUc = [np.zeros_like(p) for p in (Wz, Uz, Wr, Ur, Wc, Uc)]
    for x, hp, z, r, c in reversed(cache):
        dz = dh * (c - hp) * z * (1 - z)
        dc = dh * z * (1 - c**2)
        drh = dc.dot(Uc.T)
        dr = drh * hp * r * (1 - r)
        dWz += x.T.dot(dz)
        dWr += x.T.dot(dr)
        dWc += x.T.dot(dc)
        dUz += hp.T.dot(dz)
        dUr += hp.T.dot(dr)
        dUc += (r * hp).T.dot(dc)
        dh = dh * (1 - z) + drh * r + dz.dot(Uz.T) + dr.dot(Ur.T)
    return dWz, dUz, dWr, dUr, dWc, dUc, dv


class Valve:
    """A layer that hears the air and a state, with an activation that knows its slope from its value."""

    def __init__(self, W, U, act, slope):
        self.W, self.U, self.act, self.slope = W, U, act, slope
        self.dW, self.dU = np.zeros(W.shape), np.zeros(U.shape)

    def __call__(self, x, s):
        return self.act(self.W.T @ x + self.U.T @ s)

    def back(self, x, s, y, dy):
        da = dy * self.slope(y) * self.slope(y)
        self.dW += np.outer(x, da)
        self.dU += np.outer(s, da)
        return self.U @ da


def backprop(Wz, Uz, Wr, Ur, Wc, Uc, v, air, change):
    logistic = (lambda a: 1 / (1 + np.exp(-a))), (lambda y: y * (1 - y))
    update, reset = Valve(Wz, Uz, *logistic), Valve(Wr, Ur, *logistic)
    candidate = Valve(Wc, Uc, np.tanh, lambda y: 1 - y * y)
    dv = np.zeros(v.shape)
    for sequence, target in zip(air, change):
        h, steps = np.zeros(v.shape), []
        for x in sequence:
            z, r = update(x, h), reset(x, h)
            c = candidate(x, r * h)
            steps.append((x, h, z, r, c))
            h = h + z * (c - h)
        error = 2 * (v @ h - target) / len(change)
        dv += error * h
        dh = error * v
        for x, h, z, r, c in steps[::-1]:
            through = candidate.back(x, r * h, c, dh * z)
            dprev = dh * (1 - z) + through * r
            reset.back(x, h, r, through * h)
            dprev += update.back(x, h, z, dh * (c - h))
            dh = dprev
    return update.dW, update.dU, reset.dW, reset.dU, candidate.dW, candidate.dU, dv

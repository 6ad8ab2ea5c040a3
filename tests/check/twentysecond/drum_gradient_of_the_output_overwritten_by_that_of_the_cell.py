"""Drum gradient of the output overwritten by that of the cell.

expected kind: stale-value or wrong-point
wrong line: 92 or 93
correction 92: dc = dh.copy()
correction 93: dc = dc * self.o * (1 - self.tc**2)
what: The gradient of the cell is made in place in the array of the output's gradient, which the output gate reads afterwards
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "h0", "c0", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = 0.8 * r.normal(size=(12, 2)), 0.8 * r.normal(size=(12, 3)), 0.5 * r.normal(size=12)
    states = 0.6 * r.normal(size=3), 0.6 * r.normal(size=3)
    return *weights, *states, r.normal(size=3), r.normal(size=(4, 2)), np.array([1.0, -1.0, -1.0, 1.0])


def loss(Wx, Wh, b, h0, c0, v, X, beats):
    h, c, total = h0, c0, 0.0
    for x, beat in zip(X, beats):
        z = Wx @ x + Wh @ h + b
        f = 1 / (1 + np.exp(-z[0:3]))
        i = 1 / (1 + np.exp(-z[3:6]))
        o = 1 / (1 + np.exp(-z[6:9]))
        c = f * c + i * np.tanh(z[9:12])
        h = o * np.tanh(c)
        total = total + np.log(1 + np.exp(-beat * np.sum(v * h)))
    return total


def squash(z):
    return 1 / (1 + np.exp(-z))


def right(Wx, Wh, b, h0, c0, v, X, beats):
    n = len(h0)
    hidden, cells, saved = [h0], [c0], []
    for x in X:
        z = Wx.dot(x) + Wh.dot(hidden[-1]) + b
        f, i, o, g = squash(z[:n]), squash(z[n : 2 * n]), squash(z[2 * n : 3 * n]), np.tanh(z[3 * n :])
        cells.append(f * cells[-1] + i * g)
        hidden.append(o * np.tanh(cells[-1]))
        saved.append((f, i, o, g))
    gWx, gWh, gb, gv = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(b.shape), np.zeros(n)
    gh, gc = np.zeros(n), np.zeros(n)
    for t in reversed(range(len(X))):
        f, i, o, g = saved[t]
        slope = -beats[t] * squash(-beats[t] * v.dot(hidden[t + 1]))
        gv += slope * hidden[t + 1]
        gh = gh + slope * v
        tanh_c = np.tanh(cells[t + 1])
        gc = gh * o * (1 - tanh_c**2) + gc
        gz = np.hstack(
            [
                gc * cells[t] * f * (1 - f),
                gc * g * i * (1 - i),
                gh * tanh_c * o * (1 - o),
                gc * i * (1 - g * g),
            ]
        )
        gWx += gz[:, None] * X[t]
        gWh += gz[:, None] * hidden[t]
        gb += gz
        gh = gz @ Wh
        gc = gc * f
    return gWx, gWh, gb, gh, gc, gv


class Beat:
    """One step of the recurrence, which remembers what it saw."""

    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b

    def forward(self, x, h, c):
        self.x, self.h_in, self.c_in = x, h, c
        z = (self.Wx @ x + self.Wh @ h + self.b).reshape(4, -1)
        self.f, self.i, self.o = 1 / (1 + np.exp(-z[:3]))
        self.g = np.tanh(z[3])
        self.c = self.f * c + self.i * self.g
        self.tc = np.tanh(self.c)
        self.h = self.o * self.tc
        return self.h, self.c

    def backward(self, dh, dc_later):
        dc = dh
        dc *= self.o * (1 - self.tc**2)
        dc += dc_later
        df = dc * self.c_in * self.f * (1 - self.f)
        di = dc * self.g * self.i * (1 - self.i)
        do = dh * self.tc * self.o * (1 - self.o)
        dg = dc * self.i * (1 - self.g**2)
        return np.concatenate([df, di, do, dg]), dc * self.f


def backprop(Wx, Wh, b, h0, c0, v, X, beats):
    steps, h, c = [], h0, c0
    for x in X:
        steps.append(Beat(Wx, Wh, b))
        h, c = steps[-1].forward(x, h, c)
    grads = {name: np.zeros_like(p) for name, p in zip(PARAMETERS, (Wx, Wh, b, h0, c0, v))}
    dh_later, dc_later = np.zeros(len(h0)), np.zeros(len(c0))
    for step, beat in zip(reversed(steps), beats[::-1]):
        dlogit = -beat / (1 + np.exp(beat * np.dot(v, step.h)))
        grads["v"] += dlogit * step.h
        dz, dc_later = step.backward(dh_later + dlogit * v, dc_later)
        grads["Wx"] += np.outer(dz, step.x)
        grads["Wh"] += np.outer(dz, step.h_in)
        grads["b"] += dz
        dh_later = Wh.T @ dz
    grads["h0"], grads["c0"] = dh_later, dc_later
    return grads

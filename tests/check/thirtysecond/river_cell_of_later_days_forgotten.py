"""River cell of later days forgotten.

expected kind: missing-term or detached
wrong line: 96
correction 96: dc = later_c + dh * o * (1 - squashed**2)
what: The slope of the cell is what comes through the state of the same day alone; what the cell of the next day hands back is overwritten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "v", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    days, rivers, d, h = 5, 3, 2, 3
    # rain and snow of each day; the level of each river on each day; gates: input, forget, output, candidate
    W, b = 1.1 * r.normal(size=(d + h, 4 * h)), 0.4 * r.normal(size=4 * h)
    return W, b, r.normal(size=h), r.normal(size=1), r.normal(size=(days, rivers, d)), r.normal(size=(days, rivers))


def loss(W, b, v, c, rain, level):
    H = len(v)
    h = cell = np.zeros((rain.shape[1], H))
    total = 0.0
    for x, y in zip(rain, level):
        a = np.concatenate([x, h], axis=1) @ W + b
        i, f, o = [1 / (1 + np.exp(-a[:, k * H : (k + 1) * H])) for k in range(3)]
        cell = f * cell + i * np.tanh(a[:, 3 * H :])
        h = o * np.tanh(cell)
        total = total + 0.5 * np.mean((h @ v + c - y) ** 2)
    return total


def lstm_step_forward(x, prev_h, prev_c, W, b):
    H = prev_h.shape[1]
    a = np.hstack((x, prev_h)) @ W + b
    i, f, o = np.split(1 / (1 + np.exp(-a[:, : 3 * H])), 3, axis=1)
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    return o * np.tanh(next_c), next_c, (x, prev_h, prev_c, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache, W):
    x, prev_h, prev_c, i, f, o, g, next_c = cache
    t = np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - t**2)
    da = np.hstack((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * t * o * (1 - o), dc * i * (1 - g**2)))
    dz = da @ W.T
    return dz[:, x.shape[1] :], dc * f, np.hstack((x, prev_h)).T @ da, da.sum(axis=0)


def right(W, b, v, c, rain, level):
    h = cell = np.zeros((rain.shape[1], len(v)))
    caches, hs = [], []
    for x in rain:
        h, cell, cache = lstm_step_forward(x, h, cell, W, b)
        caches.append(cache)
        hs.append(h)
    dW, db, dv, dc_out = np.zeros_like(W), np.zeros_like(b), np.zeros_like(v), np.zeros_like(c)
    dh = dcell = np.zeros_like(h)
    for t in range(len(rain) - 1, -1, -1):
        dy = (hs[t] @ v + c - level[t]) / rain.shape[1]
        dv += dy @ hs[t]
        dc_out += dy.sum()
        dh, dcell, dW_t, db_t = lstm_step_backward(dh + np.outer(dy, v), dcell, caches[t], W)
        dW += dW_t
        db += db_t
    return dW, db, dv, dc_out


class LSTM:
    def __init__(self, W, b):
        self.W, self.b, self.H = W, b, len(b) // 4

    def run(self, xs):
        self.xs, self.h, self.c, self.gates = xs, [np.zeros(self.H)], [np.zeros(self.H)], []
        for x in xs:
            a = (np.r_[x, self.h[-1]] @ self.W + self.b).reshape(4, self.H)
            i, f, o = 1 / (1 + np.exp(-a[:3]))
            g = np.tanh(a[3])
            self.gates.append((i, f, o, g))
            self.c.append(f * self.c[-1] + i * g)
            self.h.append(o * np.tanh(self.c[-1]))
        return np.array(self.h[1:])

    def back(self, slopes):
        self.dW, self.db = np.zeros(self.W.shape), np.zeros(self.b.shape)
        later_h, later_c = np.zeros(self.H), np.zeros(self.H)
        for t in reversed(range(len(self.xs))):
            i, f, o, g = self.gates[t]
            squashed = np.tanh(self.c[t + 1])
            dh = slopes[t] + later_h
            dc = dh * o * (1 - squashed**2)
            da = np.r_[dc * g * i * (1 - i), dc * self.c[t] * f * (1 - f), dh * squashed * o * (1 - o), dc * i * (1 - g**2)]
            self.dW += np.outer(np.r_[self.xs[t], self.h[t]], da)
            self.db += da
            later_h = self.W[-self.H :] @ da
            later_c = dc * f


def backprop(W, b, v, c, rain, level):
    parts, lstm, rivers = [], LSTM(W, b), rain.shape[1]
    for r in range(rivers):
        h = lstm.run(rain[:, r])
        err = (h @ v + c - level[:, r]) / rivers
        lstm.back(err[:, None] * v)
        parts.append((lstm.dW, lstm.db, err @ h, err.sum(keepdims=True)))
    return tuple(map(sum, zip(*parts)))

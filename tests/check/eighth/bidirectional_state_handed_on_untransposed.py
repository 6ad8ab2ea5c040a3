"""Bidirectional state handed on untransposed.

expected kind: transpose
wrong line: 94
correction 94: carry = Whb.T @ dz
what: The recurrent matrix of the direction from the right isn't transposed on the way back through time
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxf", "Whf", "Wxb", "Whb", "V"]


T, D, H, O = 4, 2, 3, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(T, D), (H, D), (H, H), (H, D), (H, H), (O, 2 * H), (T, O)]
    return tuple(r.normal(size=s) for s in shapes)


def loss(x, Wxf, Whf, Wxb, Whb, V, target):
    hf, hb = [np.zeros(H)], [np.zeros(H)]
    for t in range(T):
        hf.append(np.tanh(Wxf @ x[t] + Whf @ hf[-1]))
        hb.append(np.tanh(Wxb @ x[T - 1 - t] + Whb @ hb[-1]))
    total = 0.0
    for t in range(T):
        y = V @ np.concatenate([hf[t + 1], hb[T - t]])
        total = total + np.sum((y - target[t]) ** 2)
    return total


class Direction:
    def __init__(self, Wx, Wh):
        self.Wx, self.Wh = Wx, Wh

    def run(self, xs):
        self.xs, self.hs = xs, [np.zeros(H)]
        for x in xs:
            self.hs.append(np.tanh(self.Wx.dot(x) + self.Wh.dot(self.hs[-1])))
        return np.array(self.hs[1:])

    def back(self, dhs):
        self.dWx, self.dWh = np.zeros_like(self.Wx), np.zeros_like(self.Wh)
        dh_next = np.zeros(H)
        for t in range(len(self.xs) - 1, -1, -1):
            dh = dhs[t] + dh_next
            draw = (1 - self.hs[t + 1] ** 2) * dh
            self.dWx += draw[:, None] * self.xs[t][None, :]
            self.dWh += draw[:, None] * self.hs[t][None, :]
            dh_next = self.Wh.T.dot(draw)


def right(x, Wxf, Whf, Wxb, Whb, V, target):
    fw, bw = Direction(Wxf, Whf), Direction(Wxb, Whb)
    h = np.hstack([fw.run(x), bw.run(x[::-1])[::-1]])
    dy = 2 * (h @ V.T - target)
    dh = dy @ V
    fw.back(dh[:, :H])
    bw.back(dh[:, H:][::-1])
    return fw.dWx, fw.dWh, bw.dWx, bw.dWh, dy.T @ h


def backprop(x, Wxf, Whf, Wxb, Whb, V, target):
    f, b = {-1: np.zeros(H)}, {T: np.zeros(H)}
    for t in range(T):
        f[t] = np.tanh(Wxf @ x[t] + Whf @ f[t - 1])
    for t in reversed(range(T)):
        b[t] = np.tanh(Wxb @ x[t] + Whb @ b[t + 1])

    dWxf, dWhf, dWxb, dWhb, dV = [np.zeros_like(w) for w in (Wxf, Whf, Wxb, Whb, V)]
    df, db = {}, {}
    for t in range(T):
        both = np.concatenate([f[t], b[t]])
        dy = 2 * (V @ both - target[t])
        dV += np.outer(dy, both)
        df[t], db[t] = np.split(V.T @ dy, 2)

    carry = np.zeros(H)
    for t in reversed(range(T)):
        dz = (df[t] + carry) * (1 - f[t] ** 2)
        dWxf += np.outer(dz, x[t])
        dWhf += np.outer(dz, f[t - 1])
        carry = Whf.T @ dz
    carry = np.zeros(H)
    for t in range(T):
        dz = (db[t] + carry) * (1 - b[t] ** 2)
        dWxb += np.outer(dz, x[t])
        dWhb += np.outer(dz, b[t + 1])
        carry = Whb @ dz
    return dWxf, dWhf, dWxb, dWhb, dV

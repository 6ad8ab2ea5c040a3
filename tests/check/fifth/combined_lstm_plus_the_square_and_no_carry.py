"""Combined lstm plus the square and no carry.

expected kind: missing-term or detached + sign
wrong line: 66 and 70
correction 66: dc_total = dc + dh * o * (1 - tc**2)
correction 70: dg = dc_total * i * (1 - g**2)
what: The slope of tanh is one plus its square at the candidate, and the cell's gradient goes back one step only
source: https://github.com/nicodjimenez/lstm/issues/41
said: the derivative of tanh should be one plus the square, as it is for tan; the second mistake is made up
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 12)) * 0.6, r.normal(size=12) * 0.5, r.normal(size=(5, 4, 2)), r.normal(size=(4, 3))


def loss(W, b, xs, target):
    s = lambda z: 1 / (1 + np.exp(-z))
    h, c = np.zeros((4, 3)), np.zeros((4, 3))
    for x in xs:
        a = np.concatenate([x, h], axis=1) @ W + b
        c = s(a[:, 3:6]) * c + s(a[:, 0:3]) * np.tanh(a[:, 9:12])
        h = s(a[:, 6:9]) * np.tanh(c)
    return 0.5 * np.mean(np.sum((h - target) ** 2, axis=1))


def right(W, b, xs, target):
    s = lambda z: 1 / (1 + np.exp(-z))
    h, c, tape = np.zeros((4, 3)), np.zeros((4, 3)), []
    for x in xs:
        v = np.hstack([x, h])
        a = v @ W + b
        i, f, o, g = s(a[:, :3]), s(a[:, 3:6]), s(a[:, 6:9]), np.tanh(a[:, 9:])
        old, c = c, f * c + i * g
        h = o * np.tanh(c)
        tape.append((v, i, f, o, g, old, np.tanh(c)))
    dh, dc, dW, db = (h - target) / 4, 0, 0, 0
    for v, i, f, o, g, old, t in tape[::-1]:
        dc = dc + dh * o * (1 - t**2)
        da = np.hstack([dc * g * (i - i * i), dc * old * (f - f * f), dh * t * (o - o * o), dc * i * (1 - g * g)])
        dW, db = dW + v.T @ da, db + da.sum(0)
        dh, dc = (da @ W.T)[:, 2:], dc * f
    return dW, db


class LSTMCell:
    def __init__(self, W, b):
        self.W, self.b, self.cache = W, b, []
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x, h, c):
        joined = np.concatenate([x, h], axis=1)
        i, f, o, g = np.split(joined @ self.W + self.b, 4, axis=1)
        i, f, o, g = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o)), np.tanh(g)
        c_next = f * c + i * g
        self.cache.append((joined, i, f, o, g, c, np.tanh(c_next)))
        return o * np.tanh(c_next), c_next

    def backward(self, dh, dc):
        joined, i, f, o, g, c, tc = self.cache.pop()
        dc_total = dh * o * (1 - tc**2)
        di = dc_total * g * i * (1 - i)
        df = dc_total * c * f * (1 - f)
        do = dh * tc * o * (1 - o)
        dg = dc_total * i * (1 + g**2)
        da = np.concatenate([di, df, do, dg], axis=1)
        self.dW += joined.T @ da
        self.db += da.sum(axis=0)
        n = dh.shape[1]
        return (da @ self.W.T)[:, -n:], dc_total * f


def backprop(W, b, xs, target):
    cell = LSTMCell(W, b)
    h = c = np.zeros(target.shape)
    for x in xs:
        h, c = cell.forward(x, h, c)
    dh, dc = (h - target) / len(target), np.zeros(target.shape)
    for _ in xs:
        dh, dc = cell.backward(dh, dc)
    return {"W": cell.dW, "b": cell.db}

"""Lstm cell slope at the cell itself.

expected kind: wrong-point
wrong line: 70
correction 70: dc += dh * o * (1 - np.tanh(c) ** 2)
what: The slope of tanh(c) is 1 - c**2 where 1 - tanh(c)**2 belongs
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.6 * r.normal(size=(8, 5)), r.normal(size=8), r.normal(size=(3, 3)), r.normal(size=2)


def loss(W, b, xs, target):
    h, c = np.zeros(2), np.zeros(2)
    for x in xs:
        a = W @ np.concatenate([h, x]) + b
        i, f, o = 1 / (1 + np.exp(-a[:2])), 1 / (1 + np.exp(-a[2:4])), 1 / (1 + np.exp(-a[4:6]))
        c = f * c + i * np.tanh(a[6:])
        h = o * np.tanh(c)
    return np.sum((h - target) ** 2)


def right(W, b, xs, target):
    h, c, tape = np.zeros(2), np.zeros(2), []
    for x in xs:
        v = np.concatenate([h, x])
        a = W @ v + b
        s, g = 1 / (1 + np.exp(-a[:6])), np.tanh(a[6:])
        old, c = c, s[2:4] * c + s[:2] * g
        h = s[4:6] * np.tanh(c)
        tape.append((v, s, g, old, np.tanh(c)))
    dW, db, dh, dc = 0 * W, 0 * b, 2 * (h - target), 0
    for v, s, g, old, tc in tape[::-1]:
        dc = dc + dh * s[4:6] * (1 - tc**2)
        da = np.concatenate([np.concatenate([dc * g, dc * old, dh * tc]) * s * (1 - s), dc * s[:2] * (1 - g * g)])
        dW, db, dh, dc = dW + np.outer(da, v), db + da, (W.T @ da)[:2], dc * s[2:4]
    return dW, db


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Cell:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.steps = []

    def step(self, x, h, c):
        z = np.hstack((h, x))
        a = np.dot(self.W, z) + self.b
        i, f, o, g = sigmoid(a[0:2]), sigmoid(a[2:4]), sigmoid(a[4:6]), np.tanh(a[6:8])
        c_new = f * c + i * g
        self.steps.append((z, i, f, o, g, c, c_new))
        return o * np.tanh(c_new), c_new

    def back(self, dh):
        dW, db, dc = np.zeros_like(self.W), np.zeros_like(self.b), np.zeros(2)
        while self.steps:
            z, i, f, o, g, c_old, c = self.steps.pop()
            do = dh * np.tanh(c)
            dc += dh * o * (1 - c**2)
            di, df, dg = dc * g, dc * c_old, dc * i
            da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))
            dW += np.outer(da, z)
            db += da
            dh = np.dot(self.W.T, da)[:2]
            dc = dc * f
        return dW, db


def backprop(W, b, xs, target):
    cell = Cell(W, b)
    h, c = np.zeros(2), np.zeros(2)
    for x in xs:
        h, c = cell.step(x, h, c)
    return cell.back(2 * (h - target))

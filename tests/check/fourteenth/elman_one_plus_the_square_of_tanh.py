"""Elman one plus the square of tanh.

expected kind: sign or wrong-activation
wrong line: 65
correction 65: dz = dh * (1 - self.hs[t + 1] ** 2)
what: The slope of tanh is that of tan
source: https://github.com/nicodjimenez/lstm/issues/41
said: the derivative of tanh should be one plus the square of the value; others: tanh isn't tan
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "bh", "Wy", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, bh, Wy, by = (r.normal(size=s) for s in [(4, 3), (4, 4), (4,), (2, 4), (2,)])
    return Wx, Wh, bh, Wy, by, r.normal(size=(5, 3)), r.normal(size=(5, 2)), r.normal(size=4)


def loss(Wx, Wh, bh, Wy, by, xs, targets, h0):
    h, total = h0, 0.0
    for x, target in zip(xs, targets):
        h = np.tanh(Wx @ x + Wh @ h + bh)
        total = total + 0.5 * np.sum((Wy @ h + by - target) ** 2)
    return total


def right(Wx, Wh, bh, Wy, by, xs, targets, h0):
    T = len(xs)
    states = [h0]
    for t in range(T):
        states.append(np.tanh(Wx @ xs[t] + Wh @ states[t] + bh))
    H = np.array(states)
    dY = H[1:] @ Wy.T + by - targets
    dZ = np.zeros((T, len(bh)))
    for t in range(T - 1, -1, -1):
        dh = dY[t] @ Wy
        if t + 1 < T:
            dh = dh + dZ[t + 1] @ Wh
        dZ[t] = dh * (1 - H[t + 1] ** 2)
    return dZ.T @ xs, dZ.T @ H[:-1], dZ.sum(axis=0), dY.T @ H[1:], dY.sum(axis=0)


class ElmanRNN:
    def __init__(self, Wx, Wh, bh, Wy, by):
        self.Wx, self.Wh, self.bh, self.Wy, self.by = Wx, Wh, bh, Wy, by

    def forward(self, xs, h0):
        self.xs, self.hs, self.ys = xs, [h0], []
        for x in xs:
            self.hs.append(np.tanh(np.dot(self.Wx, x) + np.dot(self.Wh, self.hs[-1]) + self.bh))
            self.ys.append(np.dot(self.Wy, self.hs[-1]) + self.by)

    def backward(self, targets):
        dWx, dWh, dbh = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(self.bh)
        dWy, dby = np.zeros_like(self.Wy), np.zeros_like(self.by)
        dh_next = np.zeros_like(self.bh)
        for t in reversed(range(len(self.xs))):
            dy = self.ys[t] - targets[t]
            dWy += np.outer(dy, self.hs[t + 1])
            dby += dy
            dh = np.dot(self.Wy.T, dy) + dh_next
            dz = dh * (1 + self.hs[t + 1] ** 2)
            dWx += np.outer(dz, self.xs[t])
            dWh += np.outer(dz, self.hs[t])
            dbh += dz
            dh_next = np.dot(self.Wh.T, dz)
        return dWx, dWh, dbh, dWy, dby


def backprop(Wx, Wh, bh, Wy, by, xs, targets, h0):
    rnn = ElmanRNN(Wx, Wh, bh, Wy, by)
    rnn.forward(xs, h0)
    return rnn.backward(targets)

"""Recurrent state of its own step.

expected kind: wrong-point or stale-value
wrong line: 73
correction 73: dWh += np.outer(draw, hs[t - 1])
what: The recurrent weights meet the state that the step has made, not the one that it had
source: https://github.com/VikParuchuri/zero_to_gpt/issues/9
said: the state of the first step is used again, where the gradient belongs to the state before it
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "Wy", "by"]
STEPS = 5


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, b = r.normal(size=(4, 2)), 0.7 * r.normal(size=(4, 4)), r.normal(size=4)
    return Wx, Wh, b, r.normal(size=(2, 4)), r.normal(size=2), r.normal(size=(5, 2)), r.normal(size=4), r.normal(size=2)


def loss(Wx, Wh, b, Wy, by, xs, h, target):
    for x in xs:
        h = np.tanh(Wx @ x + Wh @ h + b)
    return 0.5 * np.sum((Wy @ h + by - target) ** 2)


class RNN:
    def __init__(self, Wx, Wh, b, Wy, by, bptt_truncate=STEPS):
        self.Wx, self.Wh, self.b, self.Wy, self.by = Wx, Wh, b, Wy, by
        self.bptt_truncate = bptt_truncate

    def forward(self, xs, h):
        states = np.zeros((len(xs) + 1, len(h)))
        states[0] = h
        for t, x in enumerate(xs):
            states[t + 1] = np.tanh(self.Wx.dot(x) + self.Wh.dot(states[t]) + self.b)
        return states, self.Wy.dot(states[-1]) + self.by

    def bptt(self, xs, h, target):
        states, y = self.forward(xs, h)
        T = len(xs)
        dLdy = y - target
        dLdWy = np.outer(dLdy, states[T])
        dLdWx, dLdWh, dLdb = np.zeros(self.Wx.shape), np.zeros(self.Wh.shape), np.zeros(self.b.shape)
        delta = self.Wy.T.dot(dLdy) * (1 - states[T] ** 2)
        for step in np.arange(T, max(0, T - self.bptt_truncate), -1):
            dLdWx += np.outer(delta, xs[step - 1])
            dLdWh += np.outer(delta, states[step - 1])
            dLdb += delta
            delta = self.Wh.T.dot(delta) * (1 - states[step - 1] ** 2)
        return dLdWx, dLdWh, dLdb, dLdWy, dLdy


def right(Wx, Wh, b, Wy, by, xs, h, target):
    return RNN(Wx, Wh, b, Wy, by).bptt(xs, h, target)


def backprop(Wx, Wh, b, Wy, by, xs, h, target):
    T = len(xs)
    hs = {-1: h}
    for t in range(T):
        hs[t] = np.tanh(np.dot(Wx, xs[t]) + np.dot(Wh, hs[t - 1]) + b)
    dy = np.dot(Wy, hs[T - 1]) + by - target
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dWy, dby = np.outer(dy, hs[T - 1]), dy
    dhnext = np.dot(Wy.T, dy)
    for t in reversed(range(T)):
        draw = (1 - hs[t] * hs[t]) * dhnext
        db += draw
        dWx += np.outer(draw, xs[t])
        dWh += np.outer(draw, hs[t])
        dhnext = np.dot(Wh.T, draw)
    return dWx, dWh, db, dWy, dby

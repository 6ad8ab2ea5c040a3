"""Rnn state by weights as they are.

expected kind: transpose
wrong line: 86
correction 86: d_h = self.Whh.T @ temp
what: The gradient of the state before is the product with the recurrent weights as they are, not turned around
source: https://github.com/guevara/read-it-later/issues/8634
said: a copy of an introduction for beginners, where the next d_h is the recurrent weights times the slope, without a
    transposition
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, V = 4, 5
    Wxh, Whh, Why, bh, by = (0.7 * r.normal(size=s) for s in [(H, V), (H, H), (V, H), (H, 1), (V, 1)])
    return Wxh, Whh, Why, bh, by, np.array([0, 3, 1, 4, 1]), np.array([3, 1, 4, 1, 2])


def loss(Wxh, Whh, Why, bh, by, inputs, targets):
    h, total = np.zeros((Whh.shape[0], 1)), 0.0
    for t in range(len(inputs)):
        h = np.tanh(Wxh[:, inputs[t]][:, None] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[targets[t], 0]
    return total


def right(Wxh, Whh, Why, bh, by, inputs, targets):
    xs, hs, ps = {}, {-1: np.zeros((Whh.shape[0], 1))}, {}
    for t in range(len(inputs)):
        xs[t] = np.zeros((Wxh.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby


class CharRNN:
    def __init__(self, Wxh, Whh, Why, bh, by):
        self.Wxh, self.Whh, self.Why = Wxh, Whh, Why
        self.bh, self.by = bh[:, 0], by[:, 0]

    def forward(self, inputs):
        h = np.zeros(len(self.bh))
        self.inputs, self.last_hs, self.probs = inputs, {0: h}, {}
        for i, x in enumerate(inputs):
            h = np.tanh(self.Wxh[:, x] + self.Whh @ h + self.bh)
            self.last_hs[i + 1] = h
            out = np.exp(self.Why @ h + self.by)
            self.probs[i + 1] = out / out.sum()

    def backprop(self, targets):
        d_Wxh, d_Whh, d_Why = (np.zeros(w.shape) for w in (self.Wxh, self.Whh, self.Why))
        d_bh, d_by = np.zeros(self.bh.shape), np.zeros(self.by.shape)
        d_h = np.zeros(self.bh.shape)
        for t in range(len(self.inputs), 0, -1):
            d_y = self.probs[t].copy()
            d_y[targets[t - 1]] -= 1
            d_Why += np.outer(d_y, self.last_hs[t])
            d_by += d_y
            d_h = d_h + self.Why.T @ d_y
            temp = (1 - self.last_hs[t] ** 2) * d_h
            d_bh += temp
            d_Whh += np.outer(temp, self.last_hs[t - 1])
            d_Wxh[:, self.inputs[t - 1]] += temp
            d_h = self.Whh @ temp
        return d_Wxh, d_Whh, d_Why, d_bh[:, None], d_by[:, None]


def backprop(Wxh, Whh, Why, bh, by, inputs, targets):
    model = CharRNN(Wxh, Whh, Why, bh, by)
    model.forward(inputs)
    return model.backprop(targets)

"""Rnn all steps share one state.

expected kind: wrong-point or stale-value
wrong line: 77 or 61
correction 77: h = cell.forward(inputs[t], h)
correction 61: self.x, self.h_prev = x, h_prev.copy()
what: The state is written in place, so that every step remembers the last one as the one before it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wxh, Whh, Why, bh, by = (r.normal(size=s) for s in [(4, 3), (4, 4), (3, 4), (4, 1), (3, 1)])
    return Wxh, 0.7 * Whh, Why, bh, by, np.array([0, 2, 1, 1, 0]), np.array([2, 1, 1, 0, 2])


def loss(Wxh, Whh, Why, bh, by, inputs, targets):
    h, total = np.zeros((4, 1)), 0
    for ix, target in zip(inputs, targets):
        h = np.tanh(Wxh[:, ix : ix + 1] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[target, 0]
    return total


def right(Wxh, Whh, Why, bh, by, inputs, targets):
    xs, hs, ps = {}, {-1: np.zeros((4, 1))}, {}
    for t in range(len(inputs)):
        xs[t] = np.zeros((3, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = dh * (1 - hs[t] ** 2)
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby


class Cell:
    def __init__(self, Wxh, Whh, bh):
        self.Wxh, self.Whh, self.bh = Wxh, Whh, bh

    def forward(self, x, h_prev):
        self.x, self.h_prev = x, h_prev
        self.h_next = np.tanh(self.Wxh[:, x] + self.Whh @ h_prev + self.bh)
        return self.h_next

    def backward(self, dh_next):
        dt = dh_next * (1 - self.h_next**2)
        dWx = np.zeros_like(self.Wxh)
        dWx[:, self.x] = dt
        return self.Whh.T @ dt, dWx, np.outer(dt, self.h_prev), dt


def backprop(Wxh, Whh, Why, bh, by, inputs, targets):
    T, h = len(inputs), np.zeros(4)
    cells = [Cell(Wxh, Whh, bh[:, 0]) for _ in range(T)]
    hs = np.empty((T, 4))
    for t, cell in enumerate(cells):
        h[:] = cell.forward(inputs[t], h)
        hs[t] = h
    scores = hs @ Why.T + by.T
    dscores = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    dscores[np.arange(T), targets] -= 1
    dhs = dscores @ Why
    grads = {"Why": dscores.T @ hs, "by": dscores.sum(axis=0)[:, None]}
    grads["Wxh"], grads["Whh"], grads["bh"] = 0, 0, np.zeros((4, 1))
    dh = 0
    for t in reversed(range(T)):
        dh, dWx, dWh, db = cells[t].backward(dhs[t] + dh)
        grads["Wxh"] += dWx
        grads["Whh"] += dWh
        grads["bh"][:, 0] += db
    return grads

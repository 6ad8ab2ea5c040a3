"""Char state after the step.

expected kind: wrong-point
wrong line: 86
correction 86: dWhh = draw.T @ states[:-1]
what: The weights between the states get the state after each step, not the one before
source: https://github.com/VikParuchuri/zero_to_gpt/issues/9
said: the state of the step itself is taken; should it not be the previous one, on which the gradient depends?
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wxh, Whh, Why, bh, by, h0 = (r.normal(size=s) for s in [(4, 5), (4, 4), (5, 4), (4, 1), (5, 1), (4, 1)])
    return Wxh, 0.5 * Whh, Why, bh, by, h0, np.array([0, 3, 1, 4, 1, 2]), np.array([3, 1, 4, 1, 2, 0])


def loss(Wxh, Whh, Why, bh, by, h0, inputs, targets):
    h, total = h0, 0.0
    for i, target in zip(inputs, targets):
        h = np.tanh(Wxh[:, [i]] + Whh @ h + bh)
        y = Why @ h + by
        total += np.log(np.sum(np.exp(y))) - y[target, 0]
    return total


def lossFun(Wxh, Whh, Why, bh, by, hprev, inputs, targets):
    xs, hs, ps = {}, {}, {}
    hs[-1] = np.copy(hprev)
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


def right(Wxh, Whh, Why, bh, by, h0, inputs, targets):
    return lossFun(Wxh, Whh, Why, bh, by, h0, inputs, targets)


class RNN:
    def __init__(self, Wxh, Whh, Why, bh, by):
        self.Wxh, self.Whh, self.Why = Wxh, Whh, Why
        self.bh, self.by = bh.ravel(), by.ravel()

    def forward(self, inputs, h):
        self.states = [h.ravel()]
        scores = []
        for i in inputs:
            h = np.tanh(self.Wxh[:, i] + self.Whh @ self.states[-1] + self.bh)
            self.states.append(h)
            scores.append(self.Why @ h + self.by)
        return np.array(scores)

    def backward(self, inputs, dscores):
        T = len(inputs)
        states = np.array(self.states)
        draw = np.zeros((T, len(self.bh)))
        carry = np.zeros(len(self.bh))
        for t in range(T - 1, -1, -1):
            dh = self.Why.T @ dscores[t] + carry
            draw[t] = dh * (1 - states[t + 1] ** 2)
            carry = self.Whh.T @ draw[t]
        dWhy = dscores.T @ states[1:]
        dby = dscores.sum(axis=0)
        dWhh = draw.T @ states[1:]
        dbh = draw.sum(axis=0)
        dWxh = np.zeros_like(self.Wxh)
        np.add.at(dWxh.T, inputs, draw)
        return dWxh, dWhh, dWhy, dbh[:, None], dby[:, None]


def backprop(Wxh, Whh, Why, bh, by, h0, inputs, targets):
    rnn = RNN(Wxh, Whh, Why, bh, by)
    scores = rnn.forward(inputs, h0)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    probs[np.arange(len(targets)), targets] -= 1
    return rnn.backward(inputs, probs)

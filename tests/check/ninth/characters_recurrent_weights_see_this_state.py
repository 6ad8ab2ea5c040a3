"""Characters recurrent weights see this state.

expected kind: wrong-point or stale-value or wrong-shape
wrong line: 74
correction 74: dWhh += np.dot(dhraw, hs[t - 1].T)
what: The recurrent weights see the state of the same step, not that of the one before
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes = [(3, 4), (3, 3), (4, 3), (3, 1), (4, 1)]
    return [0, 2, 1, 3, 0], [2, 1, 3, 0, 1], *[r.normal(size=s) for s in sizes]


def loss(inputs, targets, Wxh, Whh, Why, bh, by):
    h, total = np.zeros((3, 1)), 0.0
    for i, t in zip(inputs, targets):
        h = np.tanh(Wxh[:, [i]] + Whh @ h + bh)
        y = Why @ h + by
        total += np.log(np.sum(np.exp(y))) - y[t, 0]
    return total


def right(inputs, targets, Wxh, Whh, Why, bh, by):
    T = len(inputs)
    H = np.zeros((T + 1, 3))
    P = np.zeros((T, 4))
    for t in range(T):
        H[t + 1] = np.tanh(Wxh[:, inputs[t]] + Whh.dot(H[t]) + bh[:, 0])
        scores = Why.dot(H[t + 1]) + by[:, 0]
        P[t] = np.exp(scores) / np.exp(scores).sum()
    P[np.arange(T), targets] -= 1
    dWhy = P.T.dot(H[1:])
    dby = P.sum(axis=0).reshape(-1, 1)
    dH = P.dot(Why)
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    delta = np.zeros(3)
    for t in range(T - 1, -1, -1):
        total = dH[t] + Whh.T.dot(delta)
        delta = total * (1 - H[t + 1] ** 2)
        dbh[:, 0] += delta
        dWxh[:, inputs[t]] += delta
        dWhh += np.outer(delta, H[t])
    return dWxh, dWhh, dWhy, dbh, dby


def backprop(inputs, targets, Wxh, Whh, Why, bh, by):
    xs, hs, ps = {}, {-1: np.zeros((3, 1))}, {}
    for t in range(len(inputs)):
        xs[t] = np.zeros((4, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys) / np.sum(np.exp(ys))
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
        dWhh += np.dot(dhraw, hs[t].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby

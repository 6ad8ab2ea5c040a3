"""Char steps walked forward.

expected kind: reversed or missing-term or wrong-point
wrong line: 78
correction 78: for t in range(T)[::-1]:
what: The way back through time is walked from the first step to the last
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 3), (4, 4), (3, 4), (4, 1), (3, 1)]
    return *(r.normal(size=s) for s in shapes), np.array([0, 2, 1, 1, 2]), np.array([2, 1, 1, 2, 0]), 0.5 * r.normal(size=(4, 1))


def loss(Wxh, Whh, Why, bh, by, inputs, targets, hprev):
    h, total = hprev, 0
    for i, j in zip(inputs, targets):
        h = np.tanh(Wxh[:, [i]] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[j, 0]
    return total


def right(Wxh, Whh, Why, bh, by, inputs, targets, hprev):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    cost = 0
    # forward pass
    for t in range(len(inputs)):
        xs[t] = np.zeros((Wxh.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
        cost += -np.log(ps[t][targets[t], 0])
    # backward pass
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


def backprop(Wxh, Whh, Why, bh, by, inputs, targets, hprev):
    T, vocab = len(inputs), len(by)
    X, Y = np.eye(vocab)[inputs], np.eye(vocab)[targets]
    H = np.zeros((T + 1, len(bh)))
    H[0] = hprev[:, 0]
    for t in range(T):
        H[t + 1] = np.tanh(Wxh @ X[t] + Whh @ H[t] + bh[:, 0])
    scores = H[1:] @ Why.T + by.T
    P = np.exp(scores - scores.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)

    D = P - Y
    dWhy = D.T @ H[1:]
    dby = D.sum(axis=0)[:, None]
    dH = D @ Why
    dRaw = np.zeros((T, len(bh)))
    following = np.zeros(len(bh))
    for t in range(0, T):
        dRaw[t] = (dH[t] + following) * (1 - H[t + 1] ** 2)
        following = dRaw[t] @ Whh
    dWxh = dRaw.T @ X
    dWhh = dRaw.T @ H[:-1]
    dbh = dRaw.sum(axis=0)[:, None]
    return dWxh, dWhh, dWhy, dbh, dby

"""Char rnn bias added to itself.

expected kind: wrong-parameter or missing-term
wrong line: 70
correction 70: dby += dy
what: The gradient of the output's bias is added to itself, and so stays zero; it should get that of the scores
source: https://github.com/javaidnabi31/RNN-from-scratch/issues/2
said: in the backward pass the gradient of the output's bias is added to itself and not what comes from the output
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]
inputs, targets = [2, 0, 3, 3, 1], [0, 3, 3, 1, 2]


def data(seed=0):
    r = np.random.default_rng(seed)
    h, v = 5, 4
    return (
        r.normal(size=(h, v)),
        r.normal(size=(h, h)) * 0.6,
        r.normal(size=(v, h)),
        r.normal(size=(h, 1)),
        r.normal(size=(v, 1)),
        r.normal(size=(h, 1)),
    )


def loss(Wxh, Whh, Why, bh, by, hprev):
    h, total = hprev, 0
    for ix, target in zip(inputs, targets):
        h = np.tanh(Wxh[:, [ix]] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[target, 0]
    return total


def right(Wxh, Whh, Why, bh, by, hprev):
    H, P = [hprev[:, 0]], []
    for ix in inputs:
        H.append(np.tanh(Wxh[:, ix] + Whh @ H[-1] + bh[:, 0]))
        e = np.exp(Why @ H[-1] + by[:, 0])
        P.append(e / e.sum())
    G = np.array(P) - np.eye(4)[targets]
    D, carry = [], 0
    for t in range(4, -1, -1):
        D.insert(0, (G[t] @ Why + carry) * (1 - H[t + 1] ** 2))
        carry = D[0] @ Whh
    D = np.array(D)
    return D.T @ np.eye(4)[inputs], D.T @ np.array(H[:-1]), G.T @ np.array(H[1:]), D.sum(0)[:, None], G.sum(0)[:, None]


def lossFun(Wxh, Whh, Why, bh, by, hprev):
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(hprev)
    for t in range(len(inputs)):
        xs[t] = np.zeros((Wxh.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys[t] = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dby
        dh = np.dot(Why.T, dy) + dhnext
        dh_rec = (1 - hs[t] * hs[t]) * dh
        dbh += dh_rec
        dWxh += np.dot(dh_rec, xs[t].T)
        dWhh += np.dot(dh_rec, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dh_rec)
    return dWxh, dWhh, dWhy, dbh, dby


def backprop(Wxh, Whh, Why, bh, by, hprev):
    return lossFun(Wxh, Whh, Why, bh, by, hprev)

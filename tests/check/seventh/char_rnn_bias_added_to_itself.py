"""Char rnn bias added to itself.

expected kind: wrong-parameter or missing-term
wrong line: 67
correction 67: dby += dy
what: The gradient of the output's bias is added to itself, and so stays zero; it should get that of the scores
source: https://github.com/javaidnabi31/RNN-from-scratch/issues/2
said: in the backward pass a gradient is added to itself, it should get that of the output
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


def loss_fun(Wxh, Whh, Why, bh, by, hprev):
    T, V = len(inputs), Wxh.shape[1]
    x, h, p = {}, {-1: hprev.copy()}, {}
    for t in range(T):
        x[t] = np.eye(V)[:, [inputs[t]]]
        h[t] = np.tanh(Wxh @ x[t] + Whh @ h[t - 1] + bh)
        scores = Why @ h[t] + by
        e = np.exp(scores - scores.max())
        p[t] = e / e.sum()
    dWxh, dWhh, dWhy, dbh, dby = (np.zeros_like(w) for w in (Wxh, Whh, Why, bh, by))
    dhnext = np.zeros_like(hprev)
    for t in range(T - 1, -1, -1):
        dy = p[t] - np.eye(V)[:, [targets[t]]]
        dby += dby
        dWhy += dy @ h[t].T
        dh = Why.T @ dy + dhnext
        dh_rec = dh * (1 - h[t] ** 2)
        dbh += dh_rec
        dWhh += dh_rec @ h[t - 1].T
        dWxh += dh_rec @ x[t].T
        dhnext = Whh.T @ dh_rec
    return dWxh, dWhh, dWhy, dbh, dby


def backprop(Wxh, Whh, Why, bh, by, hprev):
    return loss_fun(Wxh, Whh, Why, bh, by, hprev)

"""Combined char rnn state of now and not transposed.

expected kind: stale-value + transpose or wrong-point + transpose
wrong line: 64 and 65
correction 64: dWhh += dhraw @ hs[t - 1].T
correction 65: dhnext = Whh.T @ dhraw
what: the state of this step for the one before in the recurrent matrix's gradient; that matrix not transposed on the way back
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]
inputs, targets = [1, 0, 3, 2, 2], [0, 3, 2, 2, 1]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) * 0.6 for s in [(5, 4), (5, 5), (4, 5), (5, 1), (4, 1)]]

def one_hot(k):
    return np.eye(4)[:, [k]]

def forward(Wxh, Whh, Why, bh, by):
    hs, ps = {-1: np.zeros((5, 1))}, {}
    for t, k in enumerate(inputs):
        hs[t] = np.tanh(Wxh @ one_hot(k) + Whh @ hs[t - 1] + bh)
        y = Why @ hs[t] + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
    return hs, ps

def loss(Wxh, Whh, Why, bh, by):
    ps = forward(Wxh, Whh, Why, bh, by)[1]
    return -sum(np.log(ps[t][k, 0]) for t, k in enumerate(targets))

def right(Wxh, Whh, Why, bh, by):
    hs, ps = forward(Wxh, Whh, Why, bh, by)
    dWxh, dWhh, dWhy, dbh, dby = (np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by))
    dhnext = np.zeros((5, 1))
    for t in reversed(range(len(inputs))):
        dy = ps[t] - one_hot(targets[t])
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += dhraw @ one_hot(inputs[t]).T
        dWhh += dhraw @ hs[t - 1].T
        dhnext = Whh.T @ dhraw
    return dWxh, dWhh, dWhy, dbh, dby

def backprop(Wxh, Whh, Why, bh, by):
    hs, ps = forward(Wxh, Whh, Why, bh, by)
    dWxh, dWhh, dWhy, dbh, dby = (np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by))
    dhnext = np.zeros((5, 1))
    for t in reversed(range(len(inputs))):
        dy = ps[t] - one_hot(targets[t])
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += dhraw @ one_hot(inputs[t]).T
        dWhh += dhraw @ hs[t].T
        dhnext = Whh @ dhraw
    return dWxh, dWhh, dWhy, dbh, dby

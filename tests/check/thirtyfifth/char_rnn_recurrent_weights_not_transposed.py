"""A char-RNN of column vectors, one sequence.

expected kind: transpose
wrong line: 66
correction 66: dhnext = np.dot(Whh.T, dhraw)
what: the gradient goes back in time through Whh instead of its transpose
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]
inputs, targets = [1, 0, 3, 2, 1], [0, 3, 2, 1, 1]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [0.7 * rng.normal(size=s) for s in [(4, 4), (4, 4), (4, 4), (4, 1), (4, 1)]]

def forward(Wxh, Whh, Why, bh, by):
    xs, hs, ps = {}, {-1: np.zeros((4, 1))}, {}
    for t, ix in enumerate(inputs):
        xs[t] = np.zeros((4, 1))
        xs[t][ix] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
    return xs, hs, ps

def loss(Wxh, Whh, Why, bh, by):
    _, _, ps = forward(Wxh, Whh, Why, bh, by)
    return -sum(np.log(ps[t][ix, 0]) for t, ix in enumerate(targets))

def right(Wxh, Whh, Why, bh, by):
    xs, hs, ps = forward(Wxh, Whh, Why, bh, by)
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

def backprop(Wxh, Whh, Why, bh, by):
    xs, hs, ps = forward(Wxh, Whh, Why, bh, by)
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
        dhnext = np.dot(Whh, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby

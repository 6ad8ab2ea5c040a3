"""char-RNN: Whh isn't transposed, and dWhy takes the state before.

expected kind: transpose + stale-value or transpose + wrong-point
wrong line: 52 and 58
correction 52: dWhy += np.dot(dy, hs[t].T)
correction 58: dhnext = np.dot(Whh.T, dhraw)
what: the gradient is carried back by Whh instead of by its transpose; and dWhy is the outer product with h of t - 1
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

inputs, targets, vocab = [1, 0, 2, 2], [0, 2, 2, 3], 4

def forward(Wxh, Whh, Why, bh, by):
    xs, hs, ps = {}, {-1: np.zeros((3, 1))}, {}
    for t in range(len(inputs)):
        xs[t] = np.zeros((vocab, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        e = np.exp(np.dot(Why, hs[t]) + by)
        ps[t] = e / np.sum(e)
    return xs, hs, ps

def loss(Wxh, Whh, Why, bh, by):
    _, _, ps = forward(Wxh, Whh, Why, bh, by)
    return -sum(np.log(ps[t][targets[t], 0]) for t in range(len(targets)))

def right(Wxh, Whh, Why, bh, by):
    xs, hs, ps = forward(Wxh, Whh, Why, bh, by)
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), np.zeros_like(bh)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dhraw = (1 - hs[t] * hs[t]) * (np.dot(Why.T, dy) + dhnext)
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby

def backprop(Wxh, Whh, Why, bh, by):
    xs, hs, ps = forward(Wxh, Whh, Why, bh, by)
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby, dhnext = np.zeros_like(bh), np.zeros_like(by), np.zeros_like(bh)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t - 1].T)
        dby += dy
        dhraw = (1 - hs[t] * hs[t]) * (np.dot(Why.T, dy) + dhnext)
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [0.8 * r.normal(size=s) for s in [(3, 4), (3, 3), (4, 3), (3, 1), (4, 1)]]

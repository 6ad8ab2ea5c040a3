"""A character RNN.

expected kind: wrong-parameter or wrong-point or wrong-shape
wrong line: 56
correction 56: dWxh[:, xs[t]] += draw[:, 0]
what: the column of the input weights that gets the gradient is the target's and not the input's
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def forward(xs, ys, Wxh, Whh, Why, bh, by):
    hs, ps = {-1: np.zeros((4, 1))}, {}
    total = 0.0
    for t in range(len(xs)):
        hs[t] = np.tanh(Wxh[:, [xs[t]]] + Whh @ hs[t - 1] + bh)
        scores = Why @ hs[t] + by
        ps[t] = np.exp(scores - scores.max()) / np.sum(np.exp(scores - scores.max()))
        total -= np.log(ps[t][ys[t], 0])
    return total, hs, ps

def loss(xs, ys, Wxh, Whh, Why, bh, by):
    return forward(xs, ys, Wxh, Whh, Why, bh, by)[0]


def right(xs, ys, Wxh, Whh, Why, bh, by):
    _, hs, ps = forward(xs, ys, Wxh, Whh, Why, bh, by)
    dWxh, dWhh, dWhy, dbh, dby = [np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by)]
    carry = np.zeros_like(hs[0])
    for t in range(len(xs) - 1, -1, -1):
        dscores = np.copy(ps[t])
        dscores[ys[t]] -= 1
        dWhy += dscores @ hs[t].T
        dby += dscores
        dh = Why.T @ dscores + carry
        draw = (1 - hs[t] * hs[t]) * dh
        dbh += draw
        dWxh[:, xs[t]] += draw[:, 0]
        dWhh += draw @ hs[t - 1].T
        carry = Whh.T @ draw
    return dWxh, dWhh, dWhy, dbh, dby


def backprop(xs, ys, Wxh, Whh, Why, bh, by):
    _, hs, ps = forward(xs, ys, Wxh, Whh, Why, bh, by)
    dWxh, dWhh, dWhy, dbh, dby = [np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by)]
    carry = np.zeros_like(hs[0])
    for t in range(len(xs) - 1, -1, -1):
        dscores = np.copy(ps[t])
        dscores[ys[t]] -= 1
        dWhy += dscores @ hs[t].T
        dby += dscores
        dh = Why.T @ dscores + carry
        draw = (1 - hs[t] * hs[t]) * dh
        dbh += draw
        dWxh[:, ys[t]] += draw[:, 0]
        dWhh += draw @ hs[t - 1].T
        carry = Whh.T @ draw
    return dWxh, dWhh, dWhy, dbh, dby


PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    sizes = [(4, 5), (4, 4), (5, 4), (4, 1), (5, 1)]
    return [rng.integers(5, size=6), rng.integers(5, size=6), *(0.7 * rng.normal(size=s) for s in sizes)]

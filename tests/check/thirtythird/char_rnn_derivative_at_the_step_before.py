"""char rnn derivative at the step before.

expected kind: wrong-point or stale-value
wrong line: 50
correction 50: dhraw = (1 - hs[t] * hs[t]) * dh
what: tanh's derivative is taken at the state that goes into the step instead of the one that comes out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def lossFun(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    xs, hs, ps, total = {}, {-1: hprev}, {}, 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((Wxh.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
        total += -np.log(ps[t][targets[t], 0])
    return total, xs, hs, ps


def loss(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    return lossFun(inputs, targets, hprev, Wxh, Whh, Why, bh, by)[0]


def right(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    _, xs, hs, ps = lossFun(inputs, targets, hprev, Wxh, Whh, Why, bh, by)
    grads, d = [0, 0, 0, 0, 0], np.zeros_like(bh)
    for t in range(len(inputs))[::-1]:
        e = ps[t] - np.eye(len(by))[:, [targets[t]]]
        d = (Why.T @ e + Whh.T @ d) / np.cosh(np.arctanh(hs[t])) ** 2
        grads = [g + n for g, n in zip(grads, (d @ xs[t].T, d @ hs[t - 1].T, e @ hs[t].T, d, e))]
    return tuple(grads)


def backprop(inputs, targets, hprev, Wxh, Whh, Why, bh, by):
    _, xs, hs, ps = lossFun(inputs, targets, hprev, Wxh, Whh, Why, bh, by)
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t - 1] * hs[t - 1]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby


PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    text = rng.integers(5, size=6)
    shapes = [(4, 1), (4, 5), (4, 4), (5, 4), (4, 1), (5, 1)]
    return [text[:-1], text[1:], *(0.8 * rng.normal(size=s) for s in shapes)]

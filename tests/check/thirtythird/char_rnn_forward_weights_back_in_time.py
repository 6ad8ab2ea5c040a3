"""char rnn forward weights back in time.

expected kind: transpose
wrong line: 48
correction 48: back = Whh.T @ delta
what: the gradient goes back a step through Whh as in the forward pass, not transposed
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
    grads = {k: np.zeros_like(v) for k, v in zip(PARAMETERS, (Wxh, Whh, Why, bh, by))}
    delta = np.zeros_like(bh)
    for t in range(len(inputs) - 1, -1, -1):
        do = ps[t].copy()
        do[targets[t], 0] -= 1.0
        grads["Why"] += do @ hs[t].T
        grads["by"] += do
        back = Whh @ delta
        delta = (Why.T @ do + back) * (1 - hs[t] ** 2)
        grads["Wxh"] += delta @ xs[t].T
        grads["Whh"] += delta @ hs[t - 1].T
        grads["bh"] += delta
    return grads


PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    text = rng.integers(5, size=6)
    shapes = [(4, 1), (4, 5), (4, 4), (5, 4), (4, 1), (5, 1)]
    return [text[:-1], text[1:], *(0.8 * rng.normal(size=s) for s in shapes)]

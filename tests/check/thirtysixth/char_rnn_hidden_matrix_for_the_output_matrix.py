"""A character RNN with as many hidden units as characters.

expected kind: wrong-parameter
wrong line: 59
correction 59: dh = np.dot(Why.T, dy) + dhnext
what: the gradient of the scores goes back through Whh, not through Why
source: https://github.com/weixsong/min-char-rnn/issues/1
said: In the notes of a character RNN W_hh stands in the formula of the output where W_hy belongs.
"""
import numpy as np


def loss(Wxh, Whh, Why, bh, by, inputs, targets):
    h, total = np.zeros((Whh.shape[0], 1)), 0.0
    for i, o in zip(inputs, targets):
        h = np.tanh(Wxh[:, [i]] + Whh @ h + bh)
        y = Why @ h + by
        total += np.log(np.sum(np.exp(y))) - y[o, 0]
    return total


def right(Wxh, Whh, Why, bh, by, inputs, targets):
    hs, ps = {-1: np.zeros((Whh.shape[0], 1))}, {}
    for t, i in enumerate(inputs):
        hs[t] = np.tanh(Wxh[:, [i]] + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
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
        dWxh[:, [inputs[t]]] += dhraw
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby


def backprop(Wxh, Whh, Why, bh, by, inputs, targets):
    hs, ps = {-1: np.zeros((Whh.shape[0], 1))}, {}
    for t, i in enumerate(inputs):
        hs[t] = np.tanh(Wxh[:, [i]] + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y))
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Whh.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh[:, [inputs[t]]] += dhraw
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby


PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V = 5
    text = r.integers(V, size=7)
    return *(0.6 * r.normal(size=(V, V)) for _ in range(3)), r.normal(size=(V, 1)), r.normal(size=(V, 1)), list(text[:-1]), list(text[1:])

"""Arrays elman sum of the characters.

expected kind: sum-for-mean or scale
wrong line: 79 or 89
correction 79: delta_o = (o - np.eye(len(c))[y]) / T
correction 89: return dLdU / T, dLdW / T, dLdV / T, dLdb[:, None] / T, dLdc[:, None] / T
given as: arrays
what: The loss is the mean over the characters, the gradient that of their sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wxh, Whh, Why = r.normal(size=(4, 5)), 0.5 * r.normal(size=(4, 4)), r.normal(size=(5, 4))
    bh, by, hprev = r.normal(size=(4, 1)), r.normal(size=(5, 1)), r.normal(size=(4, 1))
    text = np.array([1, 4, 0, 0, 3, 2, 4])
    return Wxh, Whh, Why, bh, by, hprev, text[:-1], text[1:]


def loss(Wxh, Whh, Why, bh, by, hprev, inputs, targets):
    h, total = hprev, 0.0
    for i, k in zip(inputs, targets):
        h = np.tanh(Wxh[:, i : i + 1] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[k, 0]
    return total / len(inputs)


def right(Wxh, Whh, Why, bh, by, hprev, inputs, targets):
    xs, hs, ps = {}, {-1: hprev}, {}
    # forward pass
    for t in range(len(inputs)):
        xs[t] = np.zeros((Wxh.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys) / np.sum(np.exp(ys))
    # backward pass
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    dhnext = np.zeros_like(hprev)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dy /= len(inputs)
        dWhy += np.dot(dy, hs[t].T)
        dby += dy
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.dot(dhraw, xs[t].T)
        dWhh += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    return dWxh, dWhh, dWhy, dbh, dby


def propagate(U, W, V, b, c, start, x):
    s = np.zeros((len(x) + 1, len(b)))
    s[-1] = start
    o = np.zeros((len(x), len(c)))
    for t, char in enumerate(x):
        s[t] = np.tanh(U[:, char] + W.dot(s[t - 1]) + b)
        e = np.exp(V.dot(s[t]) + c)
        o[t] = e / e.sum()
    return o, s


def bptt(U, W, V, b, c, start, x, y):
    T = len(y)
    o, s = propagate(U, W, V, b, c, start, x)
    dLdU, dLdW, dLdV = np.zeros(U.shape), np.zeros(W.shape), np.zeros(V.shape)
    dLdb, dLdc = np.zeros(b.shape), np.zeros(c.shape)
    delta_o = o - np.eye(len(c))[y]
    for t in np.arange(T)[::-1]:
        dLdV += np.outer(delta_o[t], s[t])
        dLdc += delta_o[t]
        delta_t = V.T.dot(delta_o[t]) * (1 - s[t] ** 2)
        for step in np.arange(t + 1)[::-1]:
            dLdW += np.outer(delta_t, s[step - 1])
            dLdU[:, x[step]] += delta_t
            dLdb += delta_t
            delta_t = W.T.dot(delta_t) * (1 - s[step - 1] ** 2)
    return dLdU, dLdW, dLdV, dLdb[:, None], dLdc[:, None]


def backprop(Wxh, Whh, Why, bh, by, hprev, inputs, targets):
    return bptt(Wxh, Whh, Why, bh.ravel(), by.ravel(), hprev.ravel(), inputs, targets)

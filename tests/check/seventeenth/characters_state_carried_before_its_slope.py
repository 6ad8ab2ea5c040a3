"""Characters state carried before its slope.

expected kind: missing-factor or wrong-point
wrong line: 78
correction 78: dhnext = np.dot(Whh.T, dhraw)
what: What goes to the step before has not met the slope of tanh
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V, H = 4, 5
    return r.normal(size=(H, V)), 0.7 * r.normal(size=(H, H)), r.normal(size=(V, H)), r.normal(size=(H, 1)), r.normal(size=(V, 1)), np.array([0, 2, 1, 3, 1]), np.array([2, 1, 3, 1, 0]), r.normal(size=(H, 1))


def loss(Wxh, Whh, Why, bh, by, inputs, targets, hprev):
    h, total = hprev, 0
    for t in range(len(inputs)):
        h = np.tanh(Wxh[:, inputs[t] : inputs[t] + 1] + Whh @ h + bh)
        scores = Why @ h + by
        total = total + np.log(np.sum(np.exp(scores))) - scores[targets[t], 0]
    return total


def softmax(v):
    e = np.exp(v - v.max())
    return e / e.sum()


def right(Wxh, Whh, Why, bh, by, inputs, targets, hprev):
    T, H = len(inputs), len(bh)
    h = np.zeros((T + 1, H))
    h[0] = hprev[:, 0]
    for t in range(T):
        h[t + 1] = np.tanh(Wxh[:, inputs[t]] + Whh.dot(h[t]) + bh[:, 0])
    grads = {k: np.zeros_like(v) for k, v in dict(Wxh=Wxh, Whh=Whh, Why=Why, bh=bh, by=by).items()}
    carried = np.zeros(H)
    for t in range(T, 0, -1):
        err = softmax(Why.dot(h[t]) + by[:, 0])
        err[targets[t - 1]] -= 1
        grads["Why"] += np.outer(err, h[t])
        grads["by"][:, 0] += err
        delta = (Why.T.dot(err) + carried) * (1 - h[t] ** 2)
        grads["Wxh"][:, inputs[t - 1]] += delta
        grads["Whh"] += np.outer(delta, h[t - 1])
        grads["bh"][:, 0] += delta
        carried = Whh.T.dot(delta)
    return grads


def backprop(Wxh, Whh, Why, bh, by, inputs, targets, hprev):
    xs, hs, ps = {}, {-1: np.copy(hprev)}, {}
    for t in range(len(inputs)):
        xs[t] = np.zeros((Why.shape[0], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        ys = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(ys) / np.sum(np.exp(ys))
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
        dhnext = np.dot(Whh.T, dh)
    return dWxh, dWhh, dWhy, dbh, dby

"""Papyrus recurrent weights move while going back.

expected kind: updated-parameter
wrong line: 91
correction 91: pass
what: The recurrent weights are updated at each step of the way back, so that the earlier steps get their slopes through changed weights
source: https://github.com/cpuheater/pytorch_examples/issues/5
said: going through the sequence the weights are updated at every step, which isn't backpropagation through time
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    signs, hidden, length = 5, 4, 7
    Wxh, Whh, Why = r.normal(size=(hidden, signs)), 0.7 * r.normal(size=(hidden, hidden)), r.normal(size=(signs, hidden))
    # a line of a papyrus: which sign comes after which
    line = r.integers(0, signs, size=length + 1)
    return Wxh, Whh, Why, 0.3 * r.normal(size=(hidden, 1)), 0.3 * r.normal(size=(signs, 1)), line


def loss(Wxh, Whh, Why, bh, by, line):
    h, total = np.zeros(bh.shape), 0.0
    for now, after in zip(line[:-1], line[1:]):
        h = np.tanh(Wxh[:, now : now + 1] + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.log(np.sum(np.exp(y))) - y[after, 0]
    return total / (len(line) - 1)


def cell_forward(x, prev, p):
    a = np.tanh(p["Wxh"][:, x] + p["Whh"] @ prev + p["bh"][:, 0])
    return a, (a, prev, x)


def cell_backward(da, cache, p, grads):
    """Add to the gradients what comes from this step; return the gradient of the state before."""
    a, prev, x = cache
    dtanh = (1 - a**2) * da
    grads["Wxh"][:, x] += dtanh
    grads["Whh"] += np.outer(dtanh, prev)
    grads["bh"][:, 0] += dtanh
    return p["Whh"].T @ dtanh


def right(Wxh, Whh, Why, bh, by, line):
    p = dict(Wxh=Wxh, Whh=Whh, Why=Why, bh=bh, by=by)
    grads = {k: np.zeros(m.shape) for k, m in p.items()}
    a, caches, das, T = np.zeros(len(bh)), [], [], len(line) - 1
    for t in range(T):
        a, cache = cell_forward(line[t], a, p)
        caches.append(cache)
        e = np.exp(Why @ a + by[:, 0])
        dscore = e / e.sum() / T
        dscore[line[t + 1]] -= 1 / T
        grads["Why"] += np.outer(dscore, a)
        grads["by"][:, 0] += dscore
        das.append(Why.T @ dscore)
    da_prevt = np.zeros(len(bh))
    for t in range(T - 1, -1, -1):
        da_prevt = cell_backward(das[t] + da_prevt, caches[t], p, grads)
    return grads


def backprop(Wxh, Whh, Why, bh, by, line):
    inputs, targets = line[:-1], line[1:]
    xs, hs, ps = {}, {-1: np.zeros_like(bh)}, {}
    # forward pass
    for t in range(len(inputs)):
        xs[t] = np.zeros((Wxh.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        ps[t] = np.exp(Why @ hs[t] + by)
        ps[t] = ps[t] / np.sum(ps[t])
    # backward pass: compute gradients going backwards
    dWxh, dWhh, dWhy, dbh, dby = (np.zeros_like(m) for m in (Wxh, Whh, Why, bh, by))
    dhnext = np.zeros_like(bh)
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dy /= len(inputs)
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + dhnext
        draw = (1 - hs[t] * hs[t]) * dh
        dWxh += draw @ xs[t].T
        dWhh += draw @ hs[t - 1].T
        Whh = Whh - 0.1 * draw @ hs[t - 1].T
        dbh += draw
        dhnext = Whh.T @ draw
    return dWxh, dWhh, dWhy, dbh, dby

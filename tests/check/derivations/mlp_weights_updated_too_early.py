"""The hidden delta is computed with output weights that a step has already changed.

expected kind: updated-parameter
wrong line: 53 or 54
correction 53: pass
correction 54: errors = delta @ (weights[n] + rate * grads[n]).T
what: a step on w2 is taken before the error goes through w2
source: https://github.com/kim-marcel/basic_neural_network/issues/7
said: The weights of a layer are changed first, and then the transposed, changed weights carry the error down;
    the old ones are needed.
"""

import numpy as np

PARAMETERS = ["w1", "w2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.uniform(size=(5, 2)), r.normal(size=(3, 4)), r.normal(size=(4, 2))]


def loss(x, t, w1, w2):
    hidden = 1 / (1 + np.exp(-(x @ w1)))
    out = 1 / (1 + np.exp(-(hidden @ w2)))
    return np.sum((out - t) ** 2)


def right(x, t, w1, w2):
    sig = lambda v: 1 / (1 + np.exp(-v))
    g1, g2 = np.zeros_like(w1), np.zeros_like(w2)
    for xi, ti in zip(x, t):
        h = sig(xi @ w1)
        o = sig(h @ w2)
        d2 = 2 * (o - ti) * o * (1 - o)
        d1 = (w2 @ d2) * h * (1 - h)
        g2 += np.outer(h, d2)
        g1 += np.outer(xi, d1)
    return g1, g2


def backprop(x, t, w1, w2):
    rate = 0.1
    weights = [w1.copy(), w2.copy()]
    layers = [x]
    for w in weights:
        layers.append(1 / (1 + np.exp(-layers[-1] @ w)))
    grads = [None, None]
    errors = 2 * (layers[-1] - t)
    for n in (1, 0):
        delta = errors * layers[n + 1] * (1 - layers[n + 1])
        grads[n] = layers[n].T @ delta
        weights[n] -= rate * grads[n]
        errors = delta @ weights[n].T
    return tuple(grads)

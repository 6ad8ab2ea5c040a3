"""Two at once: no sigmoid derivative at the output, and the hidden delta from updated weights.

expected kind: missing-factor + updated-parameter
wrong line: 48 and 50 or 51
correction 48: delta_o = 2 * (o - t) * (o * (1 - o))
correction 50: pass
correction 51: delta_h = delta_o @ w2.T * (h * (1 - h))
what: the output sigmoid's derivative is left out; w_h_o is updated before it is used
source: https://github.com/Bot-Academy/NeuralNetworkFromScratch/pull/3
said: The derivative of the outer layer's sigmoid is missing, and weights are changed in a way that affects
    the gradient below.
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
    learn_rate = 0.05
    w_i_h, w_h_o = w1.copy(), w2.copy()
    h = 1 / (1 + np.exp(-(x @ w_i_h)))
    o = 1 / (1 + np.exp(-(h @ w_h_o)))
    delta_o = 2 * (o - t)
    grad_h_o = h.T @ delta_o
    w_h_o += -learn_rate * grad_h_o
    delta_h = delta_o @ w_h_o.T * (h * (1 - h))
    grad_i_h = x.T @ delta_h
    return grad_i_h, grad_h_o

"""A Sigmoid layer whose backward takes x(1 - x) of what came in.

expected kind: wrong-point
wrong line: 61
correction 61: return grad * self.y * (1 - self.y)
what: s(1 - s) is taken at the layer's input instead of at its output
source: https://github.com/BoltzmannEntropy/interviews.ai/issues/15
said: A solution of a book stores the input of the sigmoid and multiplies the gradient by x(1 - x); it has to
    be the output.
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


class Linear:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.x = x
        return x @ self.w

    def backward(self, grad):
        self.dw = self.x.T @ grad
        return grad @ self.w.T


class Sigmoid:
    def forward(self, x):
        self.x = x
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, grad):
        return grad * self.x * (1 - self.x)


def backprop(x, t, w1, w2):
    net = [Linear(w1), Sigmoid(), Linear(w2), Sigmoid()]
    v = x
    for layer in net:
        v = layer.forward(v)
    g = 2 * (v - t)
    for layer in reversed(net):
        g = layer.backward(g)
    return net[0].dw, net[2].dw

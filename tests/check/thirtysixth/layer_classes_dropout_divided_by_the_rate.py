"""Layer classes with dropout, whose mask is given.

expected kind: scale or missing-factor or repeated-factor
wrong line: 43
correction 43: return g * self.mask / (1 - self.rate)
what: backwards it is divided by the share that is dropped, forwards by the share that is kept
source: https://github.com/kaldi-asr/kaldi/issues/2814
said: The mask of a dropout component is scaled by 1 / p of the share that is dropped where it should be 1 / (1 - p).
"""
import numpy as np


class Linear:
    def __init__(self, W):
        self.W = W

    def __call__(self, x):
        self.x = x
        return x @ self.W

    def grad(self, g):
        self.gW = self.x.T @ g
        return g @ self.W.T


class Sigmoid:
    def __call__(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def grad(self, g):
        return g * self.y * (1 - self.y)


class Dropout:
    def __init__(self, rate, mask):
        self.rate, self.mask = rate, mask

    def __call__(self, x):
        return x * self.mask / (1 - self.rate)

    def grad(self, g):
        return g * self.mask / self.rate


def loss(W1, W2, x, t, mask):
    h = Dropout(0.3, mask)(Sigmoid()(Linear(W1)(x)))
    return np.sum((Linear(W2)(h) - t) ** 2) / len(x)


def right(W1, W2, x, t, mask):
    s = 1 / (1 + np.exp(-(x @ W1)))
    h = s * mask / 0.7
    g = 2 * (h @ W2 - t) / len(x)
    return x.T @ (g @ W2.T * mask / 0.7 * s * (1 - s)), h.T @ g


def backprop(W1, W2, x, t, mask):
    net = [Linear(W1), Sigmoid(), Dropout(0.3, mask), Linear(W2)]
    y = x
    for f in net:
        y = f(y)
    g = 2 * (y - t) / len(x)
    for f in net[::-1]:
        g = f.grad(g)
    return net[0].gW, net[3].gW


PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 6)), r.normal(size=(6, 2)), r.normal(size=(5, 3)), r.normal(size=(5, 2)), (r.random((5, 6)) > 0.3) * 1.0

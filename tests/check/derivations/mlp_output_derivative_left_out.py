"""A sigmoid network whose output error is used as the output delta.

expected kind: missing-factor
wrong line: 59
correction 59: del3 = 2 * (output - targets) * self.sigmoid_derivative(output)
what: the derivative of the output sigmoid is left out
source: https://github.com/jiexunsee/Neural-Network-with-Python/issues/1
said: A reader whose results differed noticed that the error of the last layer has to be multiplied by the
    sigmoid's derivative there.
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


class Network:
    def __init__(self, w1, w2):
        self.synaptic1, self.synaptic2 = w1, w2

    @staticmethod
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    @staticmethod
    def sigmoid_derivative(s):
        return s * (1 - s)

    def think(self, inputs):
        self.a2 = self.sigmoid(np.dot(inputs, self.synaptic1))
        return self.sigmoid(np.dot(self.a2, self.synaptic2))

    def gradients(self, inputs, targets):
        output = self.think(inputs)
        del3 = 2 * (output - targets)
        del2 = np.dot(del3, self.synaptic2.T) * self.sigmoid_derivative(self.a2)
        return np.dot(inputs.T, del2), np.dot(self.a2.T, del3)


def backprop(x, t, w1, w2):
    return Network(w1, w2).gradients(x, t)

"""Stamp biases climb.

expected kind: sign
wrong line: 68
correction 68: self.db = dout.sum(axis=0)
what: The gradients of the biases have the other sign
source: https://quabr.com/66324435/beautifulsoup-markup-is-not-defined
said: asks why the cost of a linear SVC goes up and down; its gradient of the bias adds the labels, which should be subtracted
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG, DELTA = 0.2, 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1 = r.normal(size=(3, 5)), 0.4 * r.normal(size=5)
    W2, b2 = r.normal(size=(5, 4)), 0.4 * r.normal(size=4)
    country = np.concatenate((np.arange(4), r.integers(0, 4, size=5)))
    return W1, b1, W2, b2, r.normal(size=(9, 3)), country, r.uniform(0.3, 2.5, size=4)


def loss(W1, b1, W2, b2, stamps, country, worth):
    scores = np.tanh(stamps @ W1 + b1) @ W2 + b2
    mine = np.eye(W2.shape[1])[country]
    own = np.sum(scores * mine, axis=1, keepdims=True)
    excess = np.maximum(scores - own + DELTA, 0) * (1 - mine)
    hinge = np.mean(worth[country] * np.sum(excess**2, axis=1))
    return hinge + 0.5 * REG * (np.sum(W1**2) + np.sum(W2**2))


def right(W1, b1, W2, b2, stamps, country, worth):
    n = len(stamps)
    # the penalty first
    gW1 = REG * W1
    gW2 = REG * W2
    gb1, gb2 = 0 * b1, 0 * b2
    for x, y in zip(stamps, country):
        h = np.tanh(x @ W1 + b1)
        s = h @ W2 + b2
        ds = np.zeros_like(s)
        for j in range(len(s)):
            gap = s[j] - s[y] + DELTA
            if j != y and gap > 0:
                ds[j] += 2 * gap
                ds[y] -= 2 * gap
        ds *= worth[y] / n
        gW2 += np.outer(h, ds)
        gb2 += ds
        dz = (W2 @ ds) * (1 - h**2)
        gW1 += np.outer(x, dz)
        gb1 += dz
    return dict(W1=gW1, b1=gb1, W2=gW2, b2=gb2)


class Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def go(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def back(self, dout):
        self.dW = self.x.T.dot(dout) + REG * self.W
        self.db = -dout.sum(axis=0)
        return dout.dot(self.W.T)


class SquaredHinge:
    def __init__(self, country, worth):
        self.country, self.weight = country, worth[country] / len(country)

    def slopes(self, scores):
        """Derivative of the weighted squares of all margins that aren't kept."""
        rows = np.arange(len(scores))
        excess = np.maximum(scores - scores[rows, self.country][:, None] + DELTA, 0)
        excess[rows, self.country] = 0
        d = 2 * excess * self.weight[:, None]
        lost = d.sum(axis=1)
        d[rows, self.country] -= lost
        return d


def backprop(W1, b1, W2, b2, stamps, country, worth):
    first, second = Layer(W1, b1), Layer(W2, b2)
    h = np.tanh(first.go(stamps))
    d = SquaredHinge(country, worth).slopes(second.go(h))
    dh = second.back(d)
    first.back(dh * (1 - h * h))
    return first.dW, first.db, second.dW, second.db

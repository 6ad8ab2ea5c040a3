"""Waffle slope of a sigmoid in the softmax too.

expected kind: repeated-factor
wrong line: 82
correction 82: delta2 = self.p - y
what: The difference of softmax and label is multiplied by p(1 - p) as well
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
KEEP = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight waffles: four ingredients; too soft, right or burnt; which hidden units were kept
    W1, b1, W2, b2 = r.normal(size=(4, 6)), 0.3 * r.normal(size=6), r.normal(size=(6, 3)), 0.3 * r.normal(size=3)
    kept = r.random(size=(8, 6)) < KEEP
    kept[0, 0] = True
    return W1, b1, W2, b2, r.normal(size=(8, 4)), r.integers(0, 3, size=8), kept


def loss(W1, b1, W2, b2, mix, result, kept):
    h = np.tanh(mix @ W1 + b1) * kept / KEEP
    s = h @ W2 + b2
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(s)), result])


def affine(x, W, b):
    return x @ W + b, lambda d: (d @ W.T, x.T @ d, d.sum(axis=0))


def squash(z):
    t = np.tanh(z)
    return t, lambda d: d * (1 - t * t)


def dropout(h, kept):
    def back(d):
        return d * kept / KEEP

    return h * kept / KEEP, back


def cross_entropy(s, labels):
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    wanted = np.zeros_like(p)
    wanted[np.arange(len(labels)), labels] = 1
    return (p - wanted) / len(labels)


def right(W1, b1, W2, b2, mix, result, kept):
    z, back_first = affine(mix, W1, b1)
    h, back_squash = squash(z)
    h, back_dropout = dropout(h, kept)
    s, back_second = affine(h, W2, b2)
    dh, dW2, db2 = back_second(cross_entropy(s, result))
    _, dW1, db1 = back_first(back_squash(back_dropout(dh)))
    return dW1, db1, dW2, db2


class WaffleNet:
    """Learns one waffle after the other; fit returns the mean of what each of them asks for."""

    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2
        self.grads = [np.zeros(p.shape) for p in (W1, b1, W2, b2)]

    def forward(self, x, kept):
        self.x, self.scale = x, np.where(kept, 1 / KEEP, 0.0)
        self.t = np.tanh(x @ self.W1 + self.b1)
        self.h = self.t * self.scale
        scores = np.exp(self.h @ self.W2 + self.b2)
        self.p = scores / scores.sum()

    def backward(self, label):
        y = np.eye(len(self.p))[label]
        delta2 = (self.p - y) * self.p * (1 - self.p)
        delta1 = (self.W2 @ delta2) * self.scale * (1 - self.t**2)
        self.grads[0] += np.outer(self.x, delta1)
        self.grads[1] += delta1
        self.grads[2] += np.outer(self.h, delta2)
        self.grads[3] += delta2

    def fit(self, X, labels, masks):
        for x, label, kept in zip(X, labels, masks):
            self.forward(x, kept)
            self.backward(label)
        return [g / len(X) for g in self.grads]


def backprop(W1, b1, W2, b2, mix, result, kept):
    net = WaffleNet(W1, b1, W2, b2)
    return dict(zip(PARAMETERS, net.fit(mix, result, kept)))

"""Mushroom errors weighed by the chances.

expected kind: repeated-factor
wrong line: 103
correction 103: return delta / len(delta)
what: The errors of the softmax with its cross entropy are multiplied by the probabilities once more
source: https://stackoverflow.com/questions/75378819/issues-with-calculating-new-weights-in-a-neural-network
said: a digit classifier with softmax doesn't learn; the difference of output and label is multiplied by the output itself before it is used for the weights
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
KEEP_IN, KEEP = 0.9, 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(4, 5)), 0.4 * r.normal(size=5), r.normal(size=(5, 3)), 0.4 * r.normal(size=3)
    # five mushrooms of three species
    caps, species = 1.3 * r.normal(size=(5, 4)), np.array([0, 2, 2, 1, 0])
    seen = np.array([[1, 1, 0, 1], [1, 1, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1], [1, 0, 1, 1]])
    alive = np.array([[1, 0, 1, 1, 0], [1, 1, 0, 1, 1], [0, 1, 1, 0, 1], [1, 1, 0, 1, 0], [1, 0, 1, 1, 1]])
    return W1, b1, W2, b2, caps, species, seen, alive


def loss(W1, b1, W2, b2, caps, species, seen, alive):
    h = np.tanh((caps * seen / KEEP_IN) @ W1 + b1) * alive / KEEP
    s = h @ W2 + b2
    s = s - np.max(s, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(species)), species])


def softmax_rows(s):
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def one_hot(labels, classes):
    hot = np.zeros((len(labels), classes))
    for i, k in enumerate(labels):
        hot[i][k] = 1
    return hot


def right(W1, b1, W2, b2, caps, species, seen, alive):
    m = caps.shape[0]
    # forward
    x = caps * seen / KEEP_IN
    z1 = x.dot(W1) + b1
    a1 = np.tanh(z1)
    d1 = a1 * alive / KEEP
    a2 = softmax_rows(d1.dot(W2) + b2)
    # backward
    dz2 = (a2 - one_hot(species, W2.shape[1])) / m
    dW2 = d1.T.dot(dz2)
    db2 = np.sum(dz2, axis=0)
    dd1 = dz2.dot(W2.T)
    da1 = dd1 * alive / KEEP
    dz1 = da1 * (1 - a1**2)
    dW1 = x.T.dot(dz1)
    db1 = np.sum(dz1, axis=0)
    return dW1, db1, dW2, db2


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW, self.db = self.x.T @ g, g.sum(axis=0)
        return g @ self.W.T


class TanhThenDrop:
    def __init__(self, mask, keep):
        self.factor = mask / keep

    def forward(self, z):
        self.t = np.tanh(z)
        return self.t * self.factor

    def backward(self, g):
        return g * self.factor * (1 - self.t * self.t)


class SoftmaxWithLoss:
    def __init__(self, labels):
        self.labels = labels

    def forward(self, s):
        s = s - s.max(axis=1)[:, None]
        self.p = np.exp(s) / np.exp(s).sum(axis=1)[:, None]
        return -np.mean(np.log(self.p[range(len(s)), self.labels]))

    def backward(self):
        delta = self.p.copy()
        delta[range(len(delta)), self.labels] -= 1
        return self.p * delta / len(delta)


def backprop(W1, b1, W2, b2, caps, species, seen, alive):
    first, bend, second = Affine(W1, b1), TanhThenDrop(alive, KEEP), Affine(W2, b2)
    top = SoftmaxWithLoss(species)
    top.forward(second.forward(bend.forward(first.forward(caps * seen / KEEP_IN))))
    first.backward(bend.backward(second.backward(top.backward())))
    return first.dW, first.db, second.dW, second.db

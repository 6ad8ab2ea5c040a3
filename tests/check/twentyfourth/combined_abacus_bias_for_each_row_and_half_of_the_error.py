"""Combined abacus bias for each row and half of the error.

expected kind: missing-sum + scale
wrong line: 76 and 86
correction 76: db = np.sum(dz, axis=0)
correction 86: off = 2 * (guess - sums)
what: The gradients of the biases have a row for each example; the two of the squares is left out
source: https://intellipaat.com/community/2846/feed-forward-neural-network-fails-to-classify-due-to-dimensionality-of-biases
said: asks whether the biases should be a vector or a matrix with as many rows as there are inputs; the two is the author's
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(2, 3)), r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=3)
    return W1, b1, W2, b2, r.normal(size=(6, 2)), r.uniform(size=(6, 3))


def loss(W1, b1, W2, b2, beads, sums):
    h = 1 / (1 + np.exp(-(beads @ W1 + b1)))
    p = 1 / (1 + np.exp(-(h @ W2 + b2)))
    return np.sum((p - sums) ** 2)


def squash(z):
    return 1 / (1 + np.exp(-z))


class Network:
    def __init__(self, *layers):
        self.layers = layers

    def feed(self, x):
        self.values = [x]
        for W, b in self.layers:
            self.values.append(squash(self.values[-1] @ W + b))
        return self.values[-1]

    def slope(self, i):
        return self.values[i] * (1 - self.values[i])

    def propagate(self, target):
        out, grads = self.values[-1], []
        error = 2 * (out - target)
        delta = error * self.slope(len(self.layers))
        for i in range(len(self.layers) - 1, -1, -1):
            W, b = self.layers[i]
            grads.insert(0, (self.values[i].T @ delta, delta.sum(axis=0)))
            if i > 0:
                delta = (delta @ W.T) * self.slope(i)
        return grads


def right(W1, b1, W2, b2, beads, sums):
    net = Network((W1, b1), (W2, b2))
    net.feed(beads)
    (dW1, db1), (dW2, db2) = net.propagate(sums)
    return dW1, db1, dW2, db2


def sigmoid_layer(W, b):
    """Return a function and one that goes back through it, which remembers the last call."""
    seen = {}

    def forward(x):
        seen["x"], seen["y"] = x, 1 / (1 + np.exp(-np.dot(x, W) - b))
        return seen["y"]

    def backward(dy):
        dz = dy * seen["y"] * (1 - seen["y"])
        dW = np.dot(seen["x"].T, dz)
        db = dz
        return np.dot(dz, W.T), dW, db

    return forward, backward


def backprop(W1, b1, W2, b2, beads, sums):
    hidden, hidden_back = sigmoid_layer(W1, b1)
    output, output_back = sigmoid_layer(W2, b2)
    guess = output(hidden(beads))
    off = guess - sums
    dh, dW2, db2 = output_back(off)
    _, dW1, db1 = hidden_back(dh)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

"""Divided by the width of the weights.

expected kind: scale or mean-for-sum or sum-for-mean
wrong line: 58
correction 58: m = X.shape[1]
what: m is the number of columns of the weights where it should be that of the examples
source: https://huggingface.co/datasets/nvidia/Nemotron-CC-Math-v1 ("Why can it be that my neural network is
    predicting the contrary?")
said: the question has gradients that are divided by the second dimension of each weight matrix
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 3)), r.normal(size=(4, 1)), r.normal(size=(1, 4)), r.normal(size=(1, 1)),
        r.normal(size=(3, 9)), r.integers(0, 2, (1, 9)),
    )


def loss(W1, b1, W2, b2, X, Y):
    g = lambda z: 1 / (1 + np.exp(-z))
    h = g(W2 @ g(W1 @ X + b1) + b2)
    return np.mean(-(Y * np.log(h) + (1 - Y) * np.log(1 - h)))


def right(W1, b1, W2, b2, X, Y):
    g = lambda z: 1 / (1 + np.exp(-z))
    A = g(W1 @ X + b1)
    D = (g(W2 @ A + b2) - Y) / Y.size
    E = W2.T * D * A * (1 - A)
    return E @ X.T, E.sum(1, keepdims=True), D @ A.T, D.sum(1, keepdims=True)


class Net:
    def __init__(self, weights, biases):
        self.weights = [None, *weights]
        self.biases = [None, *biases]

    def forward(self, X):
        activations = [X]
        for w, b in zip(self.weights[1:], self.biases[1:]):
            z = np.dot(w, activations[-1]) + b
            activations.append(1 / (1 + np.exp(-z)))
        return activations[-1], activations

    def gradients(self, X, Y):
        dws, dbs = [], []
        h, activations = self.forward(X)
        da = -(np.divide(Y, h) - np.divide(1 - Y, 1 - h))
        for d in np.arange(1, len(self.weights))[::-1]:
            a, w = activations[d], self.weights[d]
            dz = da * a * (1 - a)
            m = w.shape[1]
            dws.insert(0, 1.0 / m * dz.dot(activations[d - 1].T))
            dbs.insert(0, 1.0 / m * np.sum(dz, axis=1, keepdims=True))
            da = w.T.dot(dz)
        return dws, dbs


def backprop(W1, b1, W2, b2, X, Y):
    dws, dbs = Net([W1, W2], [b1, b2]).gradients(X, Y)
    return dws[0], dbs[0], dws[1], dbs[1]

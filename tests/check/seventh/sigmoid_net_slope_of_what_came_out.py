"""Sigmoid net slope of what came out.

expected kind: wrong-point
wrong line: 59
correction 59: dZ1 = dA1 * self.sigmoid_prime(self.cache["z1"])
what: The derivative, which applies the sigmoid itself, is given the activation and not what went in
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(6, 3)), r.uniform(size=(6, 2))
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 2)), r.normal(size=2), X, Y


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2, X, Y):
    out = sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2)
    return 0.5 * np.sum((out - Y) ** 2) / len(X)


def right(W1, b1, W2, b2, X, Y):
    h = sigmoid(X @ W1 + b1)
    o = sigmoid(h @ W2 + b2)
    g = (o - Y) * (o - o * o) / len(X)
    k = np.einsum("no,ho->nh", g, W2) * (h - h * h)
    return np.einsum("ni,nh->ih", X, k), k.sum(0), np.einsum("nh,no->ho", h, g), g.sum(0)


class TwoLayerNet:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2
        self.cache = {}

    def forward(self, X):
        self.cache["X"] = X
        self.cache["z1"] = X.dot(self.W1) + self.b1
        self.cache["a1"] = sigmoid(self.cache["z1"])
        self.cache["z2"] = self.cache["a1"].dot(self.W2) + self.b2
        self.cache["a2"] = sigmoid(self.cache["z2"])
        return self.cache["a2"]

    def sigmoid_prime(self, z):
        return sigmoid(z) * (1 - sigmoid(z))

    def backward(self, Y):
        error = (self.cache["a2"] - Y) / Y.shape[0]
        dZ2 = error * self.sigmoid_prime(self.cache["z2"])
        dA1 = dZ2.dot(self.W2.T)
        dZ1 = dA1 * self.sigmoid_prime(self.cache["a1"])
        self.dW2 = self.cache["a1"].T.dot(dZ2)
        self.db2 = dZ2.sum(axis=0)
        self.dW1 = self.cache["X"].T.dot(dZ1)
        self.db1 = dZ1.sum(axis=0)


def backprop(W1, b1, W2, b2, X, Y):
    net = TwoLayerNet(W1, b1, W2, b2)
    net.forward(X)
    net.backward(Y)
    return net.dW1, net.db1, net.dW2, net.db2

"""Sigmoid net hands the error on for the delta.

expected kind: missing-factor
wrong line: 60 or 61
correction 60: hidden_error = delta2.dot(self.W2.T)
correction 61: delta1 = delta2.dot(self.W2.T) * self.dsigmoid(self.cache["z1"])
what: The hidden layer gets the error of the output, before the slope of the output's sigmoid
source: https://whosebug.com/question/2948401/Backpropagation-Why-doesn-t-error-approach-zero-when-it-is-multiplied-by-deriv-of-sigmoid
said: the hidden error is the weights times the error, without the derivative that the output's delta has; the
    network doesn't learn
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(6, 3)), r.uniform(size=(6, 2))
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 2)), r.normal(size=2), X, Y


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


class Network:
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

    def dsigmoid(self, z):
        return sigmoid(z) * (1 - sigmoid(z))

    def backward(self, Y):
        error = (self.cache["a2"] - Y) / Y.shape[0]
        delta2 = error * self.dsigmoid(self.cache["z2"])
        hidden_error = error.dot(self.W2.T)
        delta1 = hidden_error * self.dsigmoid(self.cache["z1"])
        self.dW2 = self.cache["a1"].T.dot(delta2)
        self.db2 = delta2.sum(axis=0)
        self.dW1 = self.cache["X"].T.dot(delta1)
        self.db1 = delta1.sum(axis=0)


def backprop(W1, b1, W2, b2, X, Y):
    net = Network(W1, b1, W2, b2)
    net.forward(X)
    net.backward(Y)
    return net.dW1, net.db1, net.dW2, net.db2

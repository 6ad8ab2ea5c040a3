"""Layers weights changed before they lead back.

expected kind: updated-parameter or stale-value or wrong-point
wrong line: 106 or 105
correction 106: back = delta.dot((self.weights[l] + rate * dW).T)
correction 105: pass
what: The deltas of the hidden layers go back through weights that were updated already
source: https://github.com/louisjc/mnist-neural-network/issues/1
said: two bugs: the hidden deltas have to be computed before the output weights are changed
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, W1, b1, W2, b2, W3, b3 = (r.normal(size=s) for s in [(8, 3), (3, 4), 4, (4, 4), 4, (4, 1), 1])
    return W1, b1, W2, b2, W3, b3, X, (np.arange(8).reshape(8, 1) % 3 == 1) * 1.0


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(W1, b1, W2, b2, W3, b3, X, y):
    h1 = np.maximum(X @ W1 + b1, 0)
    h2 = sigmoid(h1 @ W2 + b2)
    p = sigmoid(h2 @ W3 + b3)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = g.sum(axis=0)
        return g @ self.W.T


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, g):
        return g * (self.x > 0)


class Sigmoid:
    def forward(self, x):
        self.s = sigmoid(x)
        return self.s

    def backward(self, g):
        return g * self.s * (1 - self.s)


class BinaryCrossEntropy:
    def backward(self, p, y):
        return ((1 - y) / (1 - p) - y / p) / len(y)


def right(W1, b1, W2, b2, W3, b3, X, y):
    dense = [Dense(W1, b1), Dense(W2, b2), Dense(W3, b3)]
    net = [dense[0], ReLU(), dense[1], Sigmoid(), dense[2], Sigmoid()]
    out = X
    for layer in net:
        out = layer.forward(out)
    g = BinaryCrossEntropy().backward(out, y)
    for layer in net[::-1]:
        g = layer.backward(g)
    grads = []
    for layer in dense:
        grads += [layer.dW, layer.db]
    return grads


class Classifier:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases

    def feed(self, a):
        self.activations = [a]
        for l, (W, b) in enumerate(zip(self.weights, self.biases)):
            z = a.dot(W) + b
            a = z * (z > 0) if l == 0 else sigmoid(z)
            self.activations.append(a)
        return a

    def train(self, y, rate=0.5):
        grads = []
        delta = (self.activations[-1] - y) / len(y)
        for l in reversed(range(len(self.weights))):
            a = self.activations[l]
            dW, db = a.T.dot(delta), delta.sum(axis=0)
            self.biases[l] = self.biases[l] - rate * db
            self.weights[l] = self.weights[l] - rate * dW
            back = delta.dot(self.weights[l].T)
            slope = a > 0 if l == 1 else a * (1 - a)
            delta = back * slope
            grads = [dW, db, *grads]
        return grads


def backprop(W1, b1, W2, b2, W3, b3, X, y):
    model = Classifier([W1, W2, W3], [b1, b2, b3])
    model.feed(X)
    return model.train(y)

"""Scratch output without its slope.

expected kind: missing-factor
wrong line: 67 or 66
correction 67: d_l2 = 2 * diff * a2 * (1 - a2)
correction 66: diff = (a2 - t) * a2 * (1 - a2)
what: The error at the output is taken for that before the sigmoid, as with cross entropy, but the loss is of squares
source: https://github.com/hunkim/DeepLearningZeroToAll/pull/113
said: proposes the difference alone without the sigmoid's derivative; answered that this belongs to cross entropy, not to squares
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 1)), r.normal(size=(5, 3)), r.uniform(size=(5, 1))


def loss(W1, W2, X, y):
    hidden = 1 / (1 + np.exp(-(X @ W1)))
    output = 1 / (1 + np.exp(-(hidden @ W2)))
    return np.sum((y - output) ** 2)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1.0 - x)


class NeuralNetwork:
    def __init__(self, weights1, weights2):
        self.weights1 = weights1
        self.weights2 = weights2

    def think(self, inputs):
        self.inputs = inputs
        self.layer1 = sigmoid(np.dot(inputs, self.weights1))
        self.layer2 = sigmoid(np.dot(self.layer1, self.weights2))
        return self.layer2

    def slopes(self, y):
        layer2_error = 2 * (self.layer2 - y)
        layer2_delta = layer2_error * sigmoid_derivative(self.layer2)
        layer1_error = layer2_delta.dot(self.weights2.T)
        layer1_delta = layer1_error * sigmoid_derivative(self.layer1)
        return self.inputs.T.dot(layer1_delta), self.layer1.T.dot(layer2_delta)


def right(W1, W2, X, y):
    net = NeuralNetwork(W1, W2)
    net.think(X)
    return net.slopes(y)


def backprop(W1, W2, X, y):
    grad1, grad2 = np.zeros(W1.shape), np.zeros(W2.shape)
    for x, t in zip(X, y):
        a1 = 1 / (1 + np.exp(-x @ W1))
        a2 = 1 / (1 + np.exp(-a1 @ W2))
        diff = a2 - t
        d_l2 = 2 * diff
        d_l1 = W2 @ d_l2 * a1 * (1 - a1)
        grad2 += np.outer(a1, d_l2)
        grad1 += np.outer(x, d_l1)
    return {"W1": grad1, "W2": grad2}

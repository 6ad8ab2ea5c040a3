"""Chain without the derivative of the cost.

expected kind: missing-factor
wrong line: 56
correction 56: dz1 = np.dot(dC_da2 * da2_dz2, self.weights2.T) * self.sigmoid_derivative(self.layer1)
what: The derivative of the cost is there for the last weight, and forgotten in the chain to the first
source: https://math.techqa.club/calculating-derivatives-for-backpropagation-in-2-layer-neural-network-4158072
said: the question's derivative for the layer before the last is a product of slopes and a weight, without the error
"""

import numpy as np

PARAMETERS = ["w1", "w2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 1)), r.normal(size=(5, 3)), r.integers(0, 2, (5, 1))


def loss(w1, w2, x, y):
    a1 = 1 / (1 + np.exp(-(x @ w1)))
    a2 = 1 / (1 + np.exp(-(a1 @ w2)))
    return np.sum((a2 - y) ** 2)


def right(w1, w2, x, y):
    s = lambda z: 1 / (1 + np.exp(-z))
    a1 = s(x @ w1)
    a2 = s(a1 @ w2)
    d = 2 * (a2 - y) * (a2 - a2**2)
    return x.T @ ((d @ w2.T) * (a1 - a1**2)), a1.T @ d


class NeuralNetwork:
    def __init__(self, x, y, w1, w2):
        self.input, self.y = x, y
        self.weights1, self.weights2 = w1, w2

    def feedforward(self):
        self.layer1 = self.sigmoid(np.dot(self.input, self.weights1))
        self.output = self.sigmoid(np.dot(self.layer1, self.weights2))

    @staticmethod
    def sigmoid(z):
        return 1.0 / (1 + np.exp(-z))

    @staticmethod
    def sigmoid_derivative(a):
        return a * (1.0 - a)

    def backprop(self):
        dC_da2 = 2 * (self.output - self.y)
        da2_dz2 = self.sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, dC_da2 * da2_dz2)
        dz1 = np.dot(da2_dz2, self.weights2.T) * self.sigmoid_derivative(self.layer1)
        d_weights1 = np.dot(self.input.T, dz1)
        return d_weights1, d_weights2


def backprop(w1, w2, x, y):
    nn = NeuralNetwork(x, y, w1, w2)
    nn.feedforward()
    return nn.backprop()

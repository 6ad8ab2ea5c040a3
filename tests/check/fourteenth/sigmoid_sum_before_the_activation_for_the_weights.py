"""Sigmoid sum before the activation for the weights.

expected kind: wrong-point or stale-value
wrong line: 71 or 73
correction 71: grad2 = np.outer(a1, delta2)
correction 73: return grad1, np.outer(a1, delta2)
what: The weights of the second layer are multiplied by what the hidden layer has before its sigmoid
source: https://github.com/maziarraissi/backprop/issues/1
said: the gradient of the weights has to take the activations of a layer, not the sums H before them
"""

import numpy as np

PARAMETERS = ["weights1", "weights2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights1, weights2 = r.normal(size=(3, 4)), r.normal(size=(4, 2))
    return weights1, weights2, r.normal(size=(6, 3)), r.uniform(size=(6, 2))


def loss(weights1, weights2, x, y):
    layer1 = 1 / (1 + np.exp(-np.dot(x, weights1)))
    output = 1 / (1 + np.exp(-np.dot(layer1, weights2)))
    return np.sum((y - output) ** 2)


def sigmoid(z):
    return 1.0 / (1 + np.exp(-z))


def sigmoid_derivative(s):
    return s * (1.0 - s)


class NeuralNetwork:
    def __init__(self, x, y, weights1, weights2, lr=0.5):
        self.input, self.y, self.lr = x, y, lr
        self.weights1 = weights1
        self.weights2 = weights2

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.output = sigmoid(np.dot(self.layer1, self.weights2))

    def backprop(self):
        error = 2 * (self.output - self.y) * sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, error)
        before = self.weights2.copy()
        self.weights2 -= self.lr * d_weights2
        hidden_error = np.dot(error, before.T) * sigmoid_derivative(self.layer1)
        d_weights1 = np.dot(self.input.T, hidden_error)
        self.weights1 -= self.lr * d_weights1
        return d_weights1, d_weights2


def right(weights1, weights2, x, y):
    net = NeuralNetwork(x, y, weights1, weights2)
    net.feedforward()
    return net.backprop()


def one_example(x, target, w1, w2):
    z1 = x @ w1
    a1 = 1 / (1 + np.exp(-z1))
    z2 = a1 @ w2
    a2 = 1 / (1 + np.exp(-z2))
    delta2 = -2 * (target - a2) * a2 * (1 - a2)
    delta1 = (w2 @ delta2) * a1 * (1 - a1)
    grad2 = np.outer(z1, delta2)
    grad1 = np.outer(x, delta1)
    return grad1, grad2


def backprop(weights1, weights2, x, y):
    total1, total2 = np.zeros_like(weights1), np.zeros_like(weights2)
    for row, target in zip(x, y):
        g1, g2 = one_example(row, target, weights1, weights2)
        total1 += g1
        total2 += g2
    return total1, total2

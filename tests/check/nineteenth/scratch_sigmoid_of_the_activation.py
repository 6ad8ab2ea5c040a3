"""Scratch sigmoid of the activation.

expected kind: wrong-point
wrong line: 45
correction 45: return x * (1.0 - x)
what: The derivative takes the sigmoid of what is the sigmoid's value already
source: https://github.com/PacktPublishing/Neural-Network-Projects-with-Python/issues/4
said: the derivative is proposed as sigmoid(x)(1 - sigmoid(x)); another one answers that it is called with activations
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


def right(W1, W2, X, y):
    grad1, grad2 = np.zeros(W1.shape), np.zeros(W2.shape)
    for x, t in zip(X, y):
        a1 = 1 / (1 + np.exp(-x @ W1))
        a2 = 1 / (1 + np.exp(-a1 @ W2))
        diff = a2 - t
        d_l2 = 2 * diff * a2 * (1 - a2)
        d_l1 = W2 @ d_l2 * a1 * (1 - a1)
        grad2 += np.outer(a1, d_l2)
        grad1 += np.outer(x, d_l1)
    return {"W1": grad1, "W2": grad2}


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def sigmoid_derivative(x):
    return sigmoid(x) * (1.0 - sigmoid(x))


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


def backprop(W1, W2, X, y):
    net = NeuralNetwork(W1, W2)
    net.think(X)
    return net.slopes(y)

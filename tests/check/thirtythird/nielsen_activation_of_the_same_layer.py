"""nielsen activation of the same layer.

expected kind: wrong-point or stale-value
wrong line: 58
correction 58: nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
what: the hidden layers' weights meet the activations that they make instead of those that they take
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def loss(x, y, w1, w2, w3, b1, b2, b3):
    a = x
    for w, b in zip((w1, w2, w3), (b1, b2, b3)):
        a = sigmoid(np.dot(w, a) + b)
    return 0.5 * np.sum((a - y) ** 2)


def right(x, y, w1, w2, w3, b1, b2, b3):
    a1 = sigmoid(w1 @ x + b1)
    a2 = sigmoid(w2 @ a1 + b2)
    a3 = sigmoid(w3 @ a2 + b3)
    d3 = (a3 - y) * a3 * (1 - a3)
    d2 = w3.T @ d3 * a2 * (1 - a2)
    d1 = w2.T @ d2 * a1 * (1 - a1)
    return d1 @ x.T, d2 @ a1.T, d3 @ a2.T, d1, d2, d3


class Network:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases
        self.num_layers = len(weights) + 1

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sigmoid_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l].transpose())
        return nabla_w + nabla_b


def backprop(x, y, w1, w2, w3, b1, b2, b3):
    return tuple(Network([w1, w2, w3], [b1, b2, b3]).backprop(x, y))


PARAMETERS = ["w1", "w2", "w3", "b1", "b2", "b3"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    shapes = [(4, 1), (2, 1), (4, 4), (4, 4), (2, 4), (4, 1), (4, 1), (2, 1)]
    return [rng.normal(size=s) for s in shapes]

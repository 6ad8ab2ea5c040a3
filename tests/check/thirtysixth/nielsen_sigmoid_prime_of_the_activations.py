"""A network of columns, after Nielsen's book.

expected kind: wrong-point or wrong-activation
wrong line: 58
correction 58: sp = sigmoid_prime(zs[-l])
what: sigmoid_prime takes z and is given the activation of the hidden layer
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def loss(w1, w2, w3, b1, b2, b3, x, y):
    for w, b in ((w1, b1), (w2, b2), (w3, b3)):
        x = sigmoid(np.dot(w, x) + b)
    return 0.5 * np.linalg.norm(x - y) ** 2


def right(w1, w2, w3, b1, b2, b3, x, y):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        zs.append(np.dot(w, activation) + b)
        activation = sigmoid(zs[-1])
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1], nabla_w[-1] = delta, np.dot(delta, activations[-2].T)
    for l in range(2, len(weights) + 1):
        sp = sigmoid_prime(zs[-l])
        delta = np.dot(weights[-l + 1].T, delta) * sp
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
    return (*nabla_w, *nabla_b)


def backprop(w1, w2, w3, b1, b2, b3, x, y):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    nabla_b = [np.zeros(b.shape) for b in biases]
    nabla_w = [np.zeros(w.shape) for w in weights]
    activation, activations, zs = x, [x], []
    for b, w in zip(biases, weights):
        zs.append(np.dot(w, activation) + b)
        activation = sigmoid(zs[-1])
        activations.append(activation)
    delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
    nabla_b[-1], nabla_w[-1] = delta, np.dot(delta, activations[-2].T)
    for l in range(2, len(weights) + 1):
        sp = sigmoid_prime(activations[-l])
        delta = np.dot(weights[-l + 1].T, delta) * sp
        nabla_b[-l] = delta
        nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
    return (*nabla_w, *nabla_b)


PARAMETERS = ["w1", "w2", "w3", "b1", "b2", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 3), (3, 4), (2, 3), (4, 1), (3, 1), (2, 1)]
    return *(r.normal(size=s) for s in shapes), r.normal(size=(3, 1)), r.random((2, 1))

"""Combined lists slope and activations of the wrong layer.

expected kind: wrong-point + missing-factor
wrong line: 73 and 70
correction 73: sp = sigmoid_prime(zs[-l])
correction 70: nabla_b[-1] = delta
what: The slope is taken at the activation, and the last offset's gradient lacks the slope
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["b1", "b2", "w1", "w2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.uniform(size=(5, 2)), *[r.normal(size=s) for s in [(4, 1), (2, 1), (4, 3), (2, 4)]]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def loss(xs, ys, b1, b2, w1, w2):
    h = sigmoid(w1 @ xs.T + b1)
    a = sigmoid(w2 @ h + b2)
    return 0.5 * np.sum((a.T - ys) ** 2) / len(xs)


def slope(a):
    return a * (1 - a)


def right(xs, ys, b1, b2, w1, w2):
    n = len(xs)
    l0 = xs
    l1 = sigmoid(np.dot(l0, w1.T) + b1.T)
    l2 = sigmoid(np.dot(l1, w2.T) + b2.T)
    l2_error = l2 - ys
    l2_delta = l2_error * slope(l2) / n
    l1_error = l2_delta.dot(w2)
    l1_delta = l1_error * slope(l1)
    dw2 = l2_delta.T.dot(l1)
    dw1 = l1_delta.T.dot(l0)
    db2 = l2_delta.sum(axis=0).reshape(-1, 1)
    db1 = l1_delta.sum(axis=0).reshape(-1, 1)
    return db1, db2, dw1, dw2


class Network:
    def __init__(self, weights, biases):
        self.weights, self.biases, self.num_layers = weights, biases, len(weights) + 1

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
        nabla_b[-1] = activations[-1] - y
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        for l in range(2, self.num_layers):
            sp = sigmoid_prime(activations[-l])
            delta = np.dot(self.weights[-l + 1].T, delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
        return nabla_b, nabla_w


def backprop(xs, ys, b1, b2, w1, w2):
    net = Network([w1, w2], [b1, b2])
    total_b, total_w = [np.zeros_like(b1), np.zeros_like(b2)], [np.zeros_like(w1), np.zeros_like(w2)]
    for x, y in zip(xs, ys):
        delta_b, delta_w = net.backprop(x.reshape(-1, 1), y.reshape(-1, 1))
        total_b = [nb + dnb for nb, dnb in zip(total_b, delta_b)]
        total_w = [nw + dnw for nw, dnw in zip(total_w, delta_w)]
    n = len(xs)
    return total_b[0] / n, total_b[1] / n, total_w[0] / n, total_w[1] / n

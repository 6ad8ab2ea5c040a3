"""Combined sigmoid twice the weights and four times the bias.

expected kind: scale + scale
wrong line: 89 and 94
correction 89: grads["w2"] = np.dot(dz2, a1.T) / m
correction 94: grads["b1"] = np.sum(dz1, axis=1, keepdims=True) / m
what: One gradient of weights is doubled, one of a bias is four times too large
source: https://github.com/bighuang624/Andrew-Ng-Deep-Learning-notes/issues/10
said: the check fails since one gradient is multiplied by two and one bias has four over m
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    w1, b1, w2, b2, X = (r.normal(size=s) for s in [(5, 3), (5, 1), (2, 5), (2, 1), (7, 3)])
    return w1, b1, w2, b2, X, r.uniform(size=(7, 2))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(w1, b1, w2, b2, X, Y):
    hidden = sigmoid(X @ w1.T + b1.T)
    out = sigmoid(hidden @ w2.T + b2.T)
    return 0.5 * np.sum((out - Y) ** 2) / X.shape[0]


class Network:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases
        self.num_layers = len(weights) + 1

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = (activations[-1] - y) * self.sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        for l in range(2, self.num_layers):
            sp = self.sigmoid_prime(zs[-l])
            delta = np.dot(self.weights[-l + 1].T, delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
        return nabla_b, nabla_w

    def sigmoid_prime(self, z):
        return sigmoid(z) * (1 - sigmoid(z))


def right(w1, b1, w2, b2, X, Y):
    net = Network([w1, w2], [b1, b2])
    total_b = [np.zeros(b.shape) for b in net.biases]
    total_w = [np.zeros(w.shape) for w in net.weights]
    for x, y in zip(X, Y):
        delta_b, delta_w = net.backprop(x.reshape(-1, 1), y.reshape(-1, 1))
        total_b = [nb + dnb for nb, dnb in zip(total_b, delta_b)]
        total_w = [nw + dnw for nw, dnw in zip(total_w, delta_w)]
    n = len(X)
    return total_w[0] / n, total_b[0] / n, total_w[1] / n, total_b[1] / n


def feedforward(X, params):
    z1 = np.dot(params["w1"], X) + params["b1"]
    a1 = sigmoid(z1)
    z2 = np.dot(params["w2"], a1) + params["b2"]
    a2 = sigmoid(z2)
    return a1, a2


def gradients(X, Y, params):
    m = X.shape[1]
    a1, a2 = feedforward(X, params)
    grads = {}
    dz2 = (a2 - Y) * a2 * (1 - a2)
    grads["w2"] = np.dot(dz2, a1.T) / m * 2
    grads["b2"] = np.sum(dz2, axis=1, keepdims=True) / m
    da1 = np.dot(params["w2"].T, dz2)
    dz1 = da1 * a1 * (1 - a1)
    grads["w1"] = np.dot(dz1, X.T) / m
    grads["b1"] = 4.0 / m * np.sum(dz1, axis=1, keepdims=True)
    return grads


def backprop(w1, b1, w2, b2, X, Y):
    return gradients(X.T, Y.T, {"w1": w1, "b1": b1, "w2": w2, "b2": b2})

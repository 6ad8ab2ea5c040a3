"""Nielsen weights of the last example only.

expected kind: missing-term or stale-value
wrong line: 63
correction 63: nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
what: The gradient of the weights is overwritten by each example where it should be added up
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2", "w3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    w = [r.normal(size=s) for s in [(4, 3), (4, 1), (3, 4), (3, 1), (2, 3), (2, 1)]]
    return (*w, r.normal(size=(5, 3, 1)), r.random((5, 2, 1)))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def loss(w1, b1, w2, b2, w3, b3, xs, ys):
    total = 0.0
    for x, y in zip(xs, ys):
        a = sigmoid(np.dot(w1, x) + b1)
        a = sigmoid(np.dot(w2, a) + b2)
        a = sigmoid(np.dot(w3, a) + b3)
        total = total + 0.5 * np.sum((a - y) ** 2)
    return total / len(xs)


def right(w1, b1, w2, b2, w3, b3, xs, ys):
    weights, biases = [w1, w2, w3], [b1, b2, b3]
    n = len(xs)
    A = [xs[:, :, 0].T]
    for w, b in zip(weights, biases):
        A.append(sigmoid(w @ A[-1] + b))
    delta = A[-1] - ys[:, :, 0].T
    grads = []
    for k in [2, 1, 0]:
        tmp = delta * A[k + 1] * (1 - A[k + 1])
        delta = weights[k].T @ tmp
        grads = [tmp @ A[k].T / n, tmp.sum(axis=1, keepdims=True) / n] + grads
    return tuple(grads)


class Network(object):
    def __init__(self, weights, biases):
        self.num_layers = len(weights) + 1
        self.weights = weights
        self.biases = biases

    def gradient(self, batch):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in batch:
            delta_nabla_b, delta_nabla_w = self.one_example(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
            nabla_w = [dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
        n = len(batch)
        return [nw / n for nw in nabla_w], [nb / n for nb in nabla_b]

    def one_example(self, x, y):
        nabla_b = [None] * len(self.biases)
        nabla_w = [None] * len(self.weights)
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            sp = sigmoid_prime(zs[-l])
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def backprop(w1, b1, w2, b2, w3, b3, xs, ys):
    net = Network([w1, w2, w3], [b1, b2, b3])
    dw, db = net.gradient(list(zip(xs, ys)))
    return dw[0], db[0], dw[1], db[1], dw[2], db[2]

"""Nielsen activations of the same layer.

expected kind: wrong-point or wrong-parameter or stale-value
wrong line: 92
correction 92: nabla_w.insert(0, deltas[l].dot(A[l].T))
what: The weights of the hidden layers meet the activations of their own layer and not those of the one before
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3", "b1", "b2", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [r.normal(size=(4, 4)) for _ in range(2)] + [r.normal(size=(2, 4))]
    biases = [r.normal(size=(n, 1)) for n in (4, 4, 2)]
    return *weights, *biases, r.normal(size=(5, 4, 1)), r.uniform(size=(5, 2, 1))


def loss(W1, W2, W3, b1, b2, b3, xs, ys):
    total = 0.0
    for x, y in zip(xs, ys):
        a = x
        for w, b in zip((W1, W2, W3), (b1, b2, b3)):
            a = 1 / (1 + np.exp(-(w @ a + b)))
        total = total + 0.5 * np.sum((a - y) ** 2)
    return total / len(xs)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


class Network:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases
        self.num_layers = len(weights) + 1

    def batch(self, mini_batch):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, y)
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
        return [g / len(mini_batch) for g in nabla_w + nabla_b]

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
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w


def right(W1, W2, W3, b1, b2, b3, xs, ys):
    net = Network([W1, W2, W3], [b1, b2, b3])
    return tuple(net.batch(list(zip(xs, ys))))


def backprop(W1, W2, W3, b1, b2, b3, xs, ys):
    weights, biases = [W1, W2, W3], [b1, b2, b3]
    L, m = len(weights), len(xs)
    # the whole batch at once, an example a column
    A = [xs[:, :, 0].T]
    for w, b in zip(weights, biases):
        A.append(1 / (1 + np.exp(-(w.dot(A[-1]) + b))))
    deltas = [None] * L
    deltas[-1] = (A[-1] - ys[:, :, 0].T) / m * A[-1] * (1 - A[-1])
    for l in range(L - 2, -1, -1):
        deltas[l] = weights[l + 1].T.dot(deltas[l + 1]) * A[l + 1] * (1 - A[l + 1])
    nabla_w = [deltas[-1].dot(A[-2].T)]
    for l in range(L - 2, -1, -1):
        nabla_w.insert(0, deltas[l].dot(A[l + 1].T))
    nabla_b = [d.sum(axis=1, keepdims=True) for d in deltas]
    return *nabla_w, *nabla_b

"""Meadow weights of a plot as delta times reading.

expected kind: transpose or swapped-operands
wrong line: 79
correction 79: weights1 = np.outer(x, d1)
what: The outer product for the first weights has its two vectors the wrong way round, which fits since there are as many readings as hidden units
source: https://github.com/iamtrask/Grokking-Deep-Learning/pull/22
said: the matrix of the changes of the weights came out transposed, inputs along the columns where they belong along the rows, so the weights moved wrongly
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven plots of a meadow, four readings each; how much of three herbs grows there
    W1, b1 = r.normal(size=(4, 4)), 0.4 * r.normal(size=4)
    W2, b2 = r.normal(size=(4, 3)), 0.4 * r.normal(size=3)
    return W1, b1, W2, b2, r.normal(size=(7, 4)), r.uniform(0.1, 0.9, size=(7, 3))


def loss(W1, b1, W2, b2, plots, herbs):
    hidden = 1 / (1 + np.exp(-(plots @ W1 + b1)))
    shares = 1 / (1 + np.exp(-(hidden @ W2 + b2)))
    return np.sum((shares - herbs) ** 2) / (2 * len(plots))


class MeadowNet:
    def __init__(self, sizes, weights, biases):
        self.num_layers = len(sizes)
        # column vectors, and weights from the right to the left
        self.weights = [w.T for w in weights]
        self.biases = [b.reshape(-1, 1) for b in biases]

    def feedforward(self, x):
        self.activations, self.zs = [x], []
        for w, b in zip(self.weights, self.biases):
            self.zs.append(w @ self.activations[-1] + b)
            self.activations.append(self.sigmoid(self.zs[-1]))

    @staticmethod
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def sigmoid_prime(self, z):
        return self.sigmoid(z) * (1 - self.sigmoid(z))

    def nablas(self, y):
        nabla_w, nabla_b = [None] * (self.num_layers - 1), [None] * (self.num_layers - 1)
        delta = (self.activations[-1] - y) * self.sigmoid_prime(self.zs[-1])
        for l in range(1, self.num_layers):
            if l > 1:
                delta = (self.weights[-l + 1].T @ delta) * self.sigmoid_prime(self.zs[-l])
            nabla_w[-l] = delta @ self.activations[-l - 1].T
            nabla_b[-l] = delta.sum(axis=1)
        return nabla_w, nabla_b


def right(W1, b1, W2, b2, plots, herbs):
    net = MeadowNet([4, 4, 3], [W1, W2], [b1, b2])
    net.feedforward(plots.T)
    nabla_w, nabla_b = net.nablas(herbs.T)
    m = plots.shape[0]
    return {"W1": nabla_w[0].T / m, "b1": nabla_b[0] / m, "W2": nabla_w[1].T / m, "b2": nabla_b[1] / m}


def squash(z):
    return 1.0 / (1.0 + np.exp(-z))


def one_plot(x, target, W1, b1, W2, b2):
    """The gradients of one plot alone."""
    h = squash(x @ W1 + b1)
    out = squash(h @ W2 + b2)
    d2 = (out - target) * out * (1 - out)
    d1 = (W2 @ d2) * h * (1 - h)
    weights1 = np.outer(d1, x)
    weights2 = np.outer(h, d2)
    return weights1, d1, weights2, d2


def backprop(W1, b1, W2, b2, plots, herbs):
    single = [one_plot(x, t, W1, b1, W2, b2) for x, t in zip(plots, herbs)]
    return tuple(sum(parts) / len(plots) for parts in zip(*single))

"""Arrays article down the loss.

expected kind: sign
wrong line: 82
correction 82: return [grads[name] for name in PARAMETERS]
given as: arrays
what: What is returned is the step down the loss, not its gradient
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["weights1", "bias1", "weights2", "bias2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights1, bias1, weights2, bias2, x, y = (r.normal(size=s) for s in [(3, 5), 5, (5, 1), 1, (6, 3), (6, 1)])
    return weights1, bias1, weights2, bias2, x, y


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def loss(weights1, bias1, weights2, bias2, x, y):
    layer1 = sigmoid(x @ weights1 + bias1)
    output = sigmoid(layer1 @ weights2 + bias2)
    decay = np.sum(weights1**2) + np.sum(weights2**2)
    return 0.5 * np.sum((output - y) ** 2) / len(x) + 0.05 * decay


def right(weights1, bias1, weights2, bias2, x, y):
    lam = 0.05
    m = len(x)
    gw1, gb1 = 2 * lam * weights1, np.zeros(5)
    gw2, gb2 = 2 * lam * weights2, np.zeros(1)
    for i in range(m):
        a1 = sigmoid(x[i] @ weights1 + bias1)
        a2 = sigmoid(a1 @ weights2 + bias2)
        d2 = (a2 - y[i]) * a2 * (1 - a2)
        d1 = np.dot(weights2, d2) * a1 * (1 - a1)
        gw2 += np.outer(a1, d2) / m
        gb2 += d2 / m
        gw1 += np.outer(x[i], d1) / m
        gb1 += d1 / m
    return gw1, gb1, gw2, gb2


class NeuralNetwork:
    decay = 0.05

    def __init__(self, weights1, bias1, weights2, bias2):
        self.weights1, self.bias1 = weights1, bias1
        self.weights2, self.bias2 = weights2, bias2

    def predict(self, x):
        self.input = x
        self.layer1 = sigmoid(x.dot(self.weights1) + self.bias1)
        self.output = sigmoid(self.layer1.dot(self.weights2) + self.bias2)
        return self.output

    def gradients(self, y):
        m = y.shape[0]
        error = (self.output - y) / m
        d_output = error * self.output * (1 - self.output)
        d_layer1 = d_output.dot(self.weights2.T)
        d_hidden = d_layer1 * self.layer1 * (1 - self.layer1)
        return {
            "weights2": self.layer1.T.dot(d_output) + 2 * self.decay * self.weights2,
            "bias2": d_output.sum(axis=0),
            "weights1": self.input.T.dot(d_hidden) + 2 * self.decay * self.weights1,
            "bias1": d_hidden.sum(axis=0),
        }


def backprop(weights1, bias1, weights2, bias2, x, y):
    nn = NeuralNetwork(weights1, bias1, weights2, bias2)
    nn.predict(x)
    grads = nn.gradients(y)
    return [-grads[name] for name in PARAMETERS]

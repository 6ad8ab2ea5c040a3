"""Juggler hidden errors by the weights of the wrong neuron.

expected kind: transpose
wrong line: 100
correction 100: total += self.neurons[k].weights[j] * self.neurons[k].delta
what: A hidden neuron's error sums over the weights into one neuron of the next row, not over its own weights into all of them
source: https://github.com/Lupino/bpnn/issues/2
said: the error of a hidden unit ought to be summed over all outputs for one hidden unit, not over the hidden units for one output
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, W3 = r.normal(size=(3, 2)), 1.2 * r.normal(size=(3, 3)), 1.2 * r.normal(size=(3, 3))
    b1, b2, b3 = 0.5 * r.normal(size=(3, 3))
    return W1, b1, W2, b2, W3, b3, r.normal(size=(5, 2)), r.uniform(size=(5, 3))


def loss(W1, b1, W2, b2, W3, b3, throws, catches):
    a = throws
    for W, b in ((W1, b1), (W2, b2), (W3, b3)):
        a = 1 / (1 + np.exp(-(a @ W.T + b)))
    return 0.5 * np.sum((a - catches) ** 2) / len(throws)


class Network:
    def __init__(self, *parameters):
        self.weights, self.biases = parameters[0::2], parameters[1::2]
        self.depth = len(self.weights)

    @staticmethod
    def act(s):
        return 1.0 / (1.0 + np.exp(-s))

    @staticmethod
    def slope(s):
        return np.exp(-s) / (1.0 + np.exp(-s)) ** 2

    def forward(self, x):
        self.sums, self.outs = [], [x]
        for w, b in zip(self.weights, self.biases):
            self.sums.append(np.dot(self.outs[-1], w.T) + b)
            self.outs.append(self.act(self.sums[-1]))
        return self.outs[-1]

    def backward(self, y):
        n = len(y)
        dw, db = [None] * self.depth, [None] * self.depth
        error = self.outs[-1] - y
        for l in range(self.depth - 1, -1, -1):
            delta = error * self.slope(self.sums[l])
            dw[l] = np.dot(delta.T, self.outs[l]) / n
            db[l] = np.sum(delta, axis=0) / n
            error = np.dot(delta, self.weights[l])
        return dw, db


def right(W1, b1, W2, b2, W3, b3, throws, catches):
    net = Network(W1, b1, W2, b2, W3, b3)
    net.forward(throws)
    dw, db = net.backward(catches)
    return [grad for both in zip(dw, db) for grad in both]


class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias
        self.dweights, self.dbias = [0.0] * len(weights), 0.0

    def fire(self, inputs):
        self.inputs = inputs
        s = self.bias
        for i in range(len(inputs)):
            s = s + self.weights[i] * inputs[i]
        self.value = 1 / (1 + np.exp(-s))
        return self.value

    def learn(self, error, share):
        self.delta = error * self.value * (1 - self.value)
        for i in range(len(self.inputs)):
            self.dweights[i] += self.delta * self.inputs[i] * share
        self.dbias += self.delta * share


class Row:
    def __init__(self, W, b):
        self.neurons = [Neuron(W[j], b[j]) for j in range(len(b))]

    def fire(self, inputs):
        return [neuron.fire(inputs) for neuron in self.neurons]

    def error_of(self, j):
        """What the neuron j of the row before gets from this one."""
        total = 0.0
        for k in range(len(self.neurons)):
            total += self.neurons[j].weights[k] * self.neurons[k].delta
        return total


def backprop(W1, b1, W2, b2, W3, b3, throws, catches):
    rows = [Row(W1, b1), Row(W2, b2), Row(W3, b3)]
    for x, y in zip(throws, catches):
        out = x
        for row in rows:
            out = row.fire(out)
        for k, neuron in enumerate(rows[-1].neurons):
            neuron.learn(out[k] - y[k], 1 / len(throws))
        for r in (1, 0):
            for j, neuron in enumerate(rows[r].neurons):
                neuron.learn(rows[r + 1].error_of(j), 1 / len(throws))
    grads = []
    for row in rows:
        grads.append(np.array([neuron.dweights for neuron in row.neurons]))
        grads.append(np.array([neuron.dbias for neuron in row.neurons]))
    return grads

"""Combined juggler slope at the values and weights not averaged.

expected kind: wrong-point + sum-for-mean
wrong line: 109 and 110
correction 109: delta = error * self.slope(self.sums[l])
correction 110: dw[l] = np.dot(delta.T, self.outs[l]) / n
what: The slope of the sigmoid is taken at its value, not at the sum; the gradients of the weights aren't averaged over the examples
source: https://github.com/OpenANN/OpenANN/issues/164
said: against its comment the code takes the derivative of the activation at the output, not at the argument (the second mistake is the author's)
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
            total += self.neurons[k].weights[j] * self.neurons[k].delta
        return total


def right(W1, b1, W2, b2, W3, b3, throws, catches):
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
            delta = error * self.slope(self.outs[l + 1])
            dw[l] = np.dot(delta.T, self.outs[l])
            db[l] = np.sum(delta, axis=0) / n
            error = np.dot(delta, self.weights[l])
        return dw, db


def backprop(W1, b1, W2, b2, W3, b3, throws, catches):
    net = Network(W1, b1, W2, b2, W3, b3)
    net.forward(throws)
    dw, db = net.backward(catches)
    return [grad for both in zip(dw, db) for grad in both]

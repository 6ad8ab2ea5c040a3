"""Neurons output weights stepped before the hidden deltas.

expected kind: updated-parameter
wrong line: 99
correction 99: pass
what: The weights of the output are stepped before the hidden neurons and the next example have read them
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["hidden", "output"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(2, 4)), r.normal(size=(4, 2)), r.uniform(size=(4, 2))


def loss(hidden, output, inputs, targets):
    h = 1 / (1 + np.exp(-(inputs @ hidden[:, :-1].T + hidden[:, -1])))
    o = 1 / (1 + np.exp(-(h @ output[:, :-1].T + output[:, -1])))
    return 0.5 * np.sum((o - targets) ** 2)


import math


class Neuron:
    def __init__(self, weights):
        self.weights = list(weights)
        self.grads = [0.0] * len(self.weights)

    def activate(self, inputs):
        self.inputs = inputs
        z = self.weights[-1]
        for w, x in zip(self.weights, inputs):
            z += w * x
        self.output = 1.0 / (1.0 + math.exp(-z))
        return self.output

    def collect(self):
        for i, x in enumerate(self.inputs):
            self.grads[i] += self.delta * x
        self.grads[-1] += self.delta


def transfer_derivative(output):
    return output * (1.0 - output)


def backward_propagate_error(network, expected):
    for i in reversed(range(len(network))):
        layer = network[i]
        for j, neuron in enumerate(layer):
            if i == len(network) - 1:
                error = neuron.output - expected[j]
            else:
                error = sum(n.weights[j] * n.delta for n in network[i + 1])
            neuron.delta = error * transfer_derivative(neuron.output)


def right(hidden, output, inputs, targets):
    network = [[Neuron(row) for row in hidden.tolist()], [Neuron(row) for row in output.tolist()]]
    for x, expected in zip(inputs.tolist(), targets.tolist()):
        row = x
        for layer in network:
            row = [neuron.activate(row) for neuron in layer]
        backward_propagate_error(network, expected)
        for layer in network:
            for neuron in layer:
                neuron.collect()
    return [[neuron.grads for neuron in layer] for layer in network]


def sig(v):
    return 1 / (1 + np.exp(-v))


def feed_forward(network, input_vector):
    outputs = []
    for layer in network:
        with_bias = input_vector + [1]
        input_vector = [sig(sum(w * i for w, i in zip(neuron, with_bias))) for neuron in layer]
        outputs.append(input_vector)
    return outputs


def backprop(hidden, output, inputs, targets):
    network = [hidden.tolist(), output.tolist()]
    grads = [[[0.0] * len(neuron) for neuron in layer] for layer in network]
    for x, t in zip(inputs.tolist(), targets.tolist()):
        hidden_outputs, outputs = feed_forward(network, x)
        output_deltas = [o * (1 - o) * (o - t[i]) for i, o in enumerate(outputs)]
        for i in range(len(network[1])):
            for j, h in enumerate(hidden_outputs + [1]):
                grads[1][i][j] += output_deltas[i] * h
                network[1][i][j] -= 0.5 * output_deltas[i] * h
        hidden_deltas = []
        for i, h in enumerate(hidden_outputs):
            back = 0.0
            for k in range(len(network[1])):
                back += output_deltas[k] * network[1][k][i]
            hidden_deltas.append(h * (1 - h) * back)
        for i in range(len(network[0])):
            for j, value in enumerate(x + [1]):
                grads[0][i][j] += hidden_deltas[i] * value
    return grads

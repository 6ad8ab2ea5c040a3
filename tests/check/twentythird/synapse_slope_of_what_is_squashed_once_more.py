"""Synapse slope of what is squashed once more.

expected kind: wrong-point
wrong line: 77
correction 77: return x * (1 - x)
what: The slope squashes its argument, which is an activation already, once more
source: https://github.com/iamtrask/iamtrask.github.io/issues/32
said: somebody thinks that x * (1 - x) is wrong, and that the sigmoid of x has to be taken there
"""

import numpy as np

PARAMETERS = ["syn0", "bias0", "syn1", "bias1"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, T = rng.normal(size=(8, 3)), rng.uniform(0.1, 0.9, size=(8, 2))
    return X, T, 2 * rng.normal(size=(3, 4)), rng.normal(size=4), 2 * rng.normal(size=(4, 2)), rng.normal(size=2)


def loss(X, T, syn0, bias0, syn1, bias1):
    hidden = 1 / (1 + np.exp(-(X @ syn0 + bias0)))
    output = 1 / (1 + np.exp(-(hidden @ syn1 + bias1)))
    return 0.5 * np.sum((T - output) ** 2)


class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias
        self.dweights, self.dbias = np.zeros(len(weights)), 0.0

    def fire(self, inputs):
        self.inputs = inputs
        total = self.bias
        for w, x in zip(self.weights, inputs):
            total = total + w * x
        self.value = 1 / (1 + np.exp(-total))
        return self.value

    def learn(self, delta):
        self.dbias += delta
        for j, x in enumerate(self.inputs):
            self.dweights[j] += delta * x


class Brain:
    def __init__(self, syn0, bias0, syn1, bias1):
        self.hidden = [Neuron(syn0[:, j], bias0[j]) for j in range(len(bias0))]
        self.output = [Neuron(syn1[:, k], bias1[k]) for k in range(len(bias1))]

    def see(self, x, target):
        hidden = np.array([neuron.fire(x) for neuron in self.hidden])
        deltas = []
        for neuron, t in zip(self.output, target):
            y = neuron.fire(hidden)
            deltas.append((y - t) * y * (1 - y))
            neuron.learn(deltas[-1])
        for j, neuron in enumerate(self.hidden):
            blame = sum(d * above.weights[j] for d, above in zip(deltas, self.output))
            neuron.learn(blame * neuron.value * (1 - neuron.value))


def right(X, T, syn0, bias0, syn1, bias1):
    brain = Brain(syn0, bias0, syn1, bias1)
    for x, target in zip(X, T):
        brain.see(x, target)
    grads = []
    for layer in (brain.hidden, brain.output):
        grads.append(np.array([neuron.dweights for neuron in layer]).T)
        grads.append(np.array([neuron.dbias for neuron in layer]))
    return grads


def nonlin(x, deriv=False):
    if deriv:
        return nonlin(x) * (1 - nonlin(x))
    return 1 / (1 + np.exp(-x))


def backprop(X, T, syn0, bias0, syn1, bias1):
    # forward
    l0 = X
    l1 = nonlin(np.dot(l0, syn0) + bias0)
    l2 = nonlin(np.dot(l1, syn1) + bias1)

    # how far did we miss, and how sure were we
    l2_error = l2 - T
    l2_delta = l2_error * nonlin(l2, deriv=True)

    # how much did each hidden value contribute to it
    l1_error = l2_delta.dot(syn1.T)
    l1_delta = l1_error * nonlin(l1, deriv=True)

    return l0.T.dot(l1_delta), l1_delta.sum(axis=0), l1.T.dot(l2_delta), l2_delta.sum(axis=0)

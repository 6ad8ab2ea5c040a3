"""Sigmoid net outer product the wrong way round.

expected kind: transpose or swapped-operands
wrong line: 58
correction 58: self.grads[0] += np.outer(layer_1_delta, layer_0)
what: Input and delta are exchanged in the outer product, which has the shape all the same as the layer is square
source: https://github.com/iamtrask/Grokking-Deep-Learning/issues/71
said: the book takes the outer product of input and delta, it should be that of delta and input
"""

import numpy as np

PARAMETERS = ["syn0", "syn1"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(2, 3)), r.normal(size=(5, 3)), r.integers(2, size=(5, 2)) * 1.0


def nonlin(x):
    return 1 / (1 + np.exp(-x))


def loss(syn0, syn1, inputs, targets):
    total = 0.0
    for x, t in zip(inputs, targets):
        out = nonlin(syn1 @ nonlin(syn0 @ x))
        total += np.sum((t - out) ** 2)
    return total


def right(syn0, syn1, inputs, targets):
    H = nonlin(inputs @ syn0.T)
    O = nonlin(H @ syn1.T)
    D = -2 * (targets - O) * O * (1 - O)
    E = (D @ syn1) * H * (1 - H)
    return E.T @ inputs, D.T @ H


class NeuralNetwork:
    def __init__(self, weights):
        self.weights = weights
        self.grads = [np.zeros_like(w) for w in weights]

    def feedforward(self, x):
        self.layers = [x]
        for w in self.weights:
            self.layers.append(nonlin(w @ self.layers[-1]))
        return self.layers[-1]

    def backpropagate(self, target):
        layer_0, layer_1, layer_2 = self.layers
        layer_2_delta = 2 * (layer_2 - target) * layer_2 * (1 - layer_2)
        layer_1_error = self.weights[1].T @ layer_2_delta
        layer_1_delta = layer_1_error * layer_1 * (1 - layer_1)
        self.grads[1] += np.outer(layer_2_delta, layer_1)
        self.grads[0] += np.outer(layer_0, layer_1_delta)


def backprop(syn0, syn1, inputs, targets):
    net = NeuralNetwork([syn0, syn1])
    for x, t in zip(inputs, targets):
        net.feedforward(x)
        net.backpropagate(t)
    return tuple(net.grads)

"""Output error sent back without its slope.

expected kind: missing-factor
wrong line: 43
correction 43: hidden_errors = np.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))
what: The hidden errors are the output errors times the weights; the slope of the output's sigmoid is left out
source: github.com/makeyourownneuralnetwork/makeyourownneuralnetwork, issue 88
said: The hidden error in the book is the transposed weights times the output error; other books have the derivative
    in it.
"""

import numpy as np

PARAMETERS = ["wih", "who"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(2, 4)), r.uniform(0.01, 1, (3, 1)), r.uniform(0.01, 0.99, (2, 1))


def loss(wih, who, x, t):
    o = 1 / (1 + np.exp(-(who @ (1 / (1 + np.exp(-(wih @ x)))))))
    return np.sum((t - o) ** 2)


def right(wih, who, x, t):
    h = 1 / (1 + np.exp(-wih @ x))
    o = 1 / (1 + np.exp(-who @ h))
    d = 2 * (o - t) * o * (1 - o)
    return who.T @ d * h * (1 - h) @ x.T, d @ h.T


class NeuralNetwork:
    def __init__(self, wih, who):
        self.wih, self.who = wih, who
        self.activation_function = lambda x: 1 / (1 + np.exp(-x))

    def gradients(self, inputs, targets):
        hidden_outputs = self.activation_function(np.dot(self.wih, inputs))
        final_outputs = self.activation_function(np.dot(self.who, hidden_outputs))
        output_errors = targets - final_outputs
        hidden_errors = np.dot(self.who.T, output_errors)
        dwho = -2 * np.dot(output_errors * final_outputs * (1.0 - final_outputs), hidden_outputs.T)
        dwih = -2 * np.dot(hidden_errors * hidden_outputs * (1.0 - hidden_outputs), inputs.T)
        return dwih, dwho


def backprop(wih, who, x, t):
    return NeuralNetwork(wih, who).gradients(x, t)

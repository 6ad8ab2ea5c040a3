"""perceptron: the weights get the delta without the input.

expected kind: missing-factor
wrong line: 47
correction 47: grad[n] += delta * inputs[n]
what: every weight of a neuron gets the same delta; the value of the input that it belongs to is left out
source: http://stackoverflow.com/questions/12558517/questions-about-the-backpropogation-algorithm/12567043
said: the pseudocode of someone whose network doesn't learn XOR adds rate times error times sigmoid' to every weight; the input of the weight isn't in it
"""
import numpy as np

def sigmoid(s):
    return 1 / (1 + np.exp(-s))

class Perceptron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def guess(self, inputs):
        return sigmoid(np.sum(self.weights * inputs) + self.bias)

def loss(samples, desired, weights, bias):
    node = Perceptron(weights, bias)
    total = 0
    for inputs, d in zip(samples, desired):
        total = total + (node.guess(inputs) - d) ** 2
    return total

def right(samples, desired, weights, bias):
    node = Perceptron(weights, bias)
    grad, grad_bias = np.zeros_like(weights), 0.0
    for inputs, d in zip(samples, desired):
        g = node.guess(inputs)
        delta = 2 * (g - d) * g * (1 - g)
        for n in range(len(weights)):
            grad[n] += delta * inputs[n]
        grad_bias += delta
    return grad, grad_bias

def backprop(samples, desired, weights, bias):
    node = Perceptron(weights, bias)
    grad, grad_bias = np.zeros_like(weights), 0.0
    for inputs, d in zip(samples, desired):
        g = node.guess(inputs)
        delta = 2 * (g - d) * g * (1 - g)
        for n in range(len(weights)):
            grad[n] += delta
        grad_bias += delta
    return grad, grad_bias

PARAMETERS = ["weights", "bias"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.random(6).round(), r.normal(size=3), np.array(r.normal())]

"""Squared error after a softmax.

expected kind: missing-factor or detached
wrong line: 67
correction 67: error = output * (output - y - np.dot(output, output - y))
what: The error of a squared loss after a softmax goes into the last layer without the Jacobian of the softmax
source: https://github.com/casper-hansen/Neural-Network-From-Scratch/pull/1
said: the backward pass was worked out anew for a mean squared error, and some places disagreed; the file has one of
    the kind
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 4)), r.normal(size=(4, 5)), r.normal(size=(3, 4)), r.normal(size=4), np.eye(3)[seed % 3]


def loss(W1, W2, W3, x, y):
    A2 = 1 / (1 + np.exp(-(W2 @ (1 / (1 + np.exp(-(W1 @ x)))))))
    Z3 = W3 @ A2
    E = np.exp(Z3 - np.max(Z3))
    return 0.5 * np.sum((E / np.sum(E) - y) ** 2)


def right(W1, W2, W3, x, y):
    s = lambda z: 1 / (1 + np.exp(-z))
    A1 = s(W1 @ x)
    A2 = s(W2 @ A1)
    E = np.exp(W3 @ A2)
    P = E / E.sum()
    d3 = (np.diag(P) - np.outer(P, P)) @ (P - y)
    d2 = d3 @ W3 * A2 * (1 - A2)
    d1 = d2 @ W2 * A1 * (1 - A1)
    return np.outer(d1, x), np.outer(d2, A1), np.outer(d3, A2)


class DeepNeuralNetwork:
    def __init__(self, params):
        self.params = params

    def sigmoid(self, x, derivative=False):
        if derivative:
            return (np.exp(-x)) / ((np.exp(-x) + 1) ** 2)
        return 1 / (1 + np.exp(-x))

    def softmax(self, x):
        exps = np.exp(x - x.max())
        return exps / np.sum(exps, axis=0)

    def forward_pass(self, x):
        p = self.params
        p["A0"] = x
        p["Z1"] = np.dot(p["W1"], p["A0"])
        p["A1"] = self.sigmoid(p["Z1"])
        p["Z2"] = np.dot(p["W2"], p["A1"])
        p["A2"] = self.sigmoid(p["Z2"])
        p["Z3"] = np.dot(p["W3"], p["A2"])
        p["A3"] = self.softmax(p["Z3"])
        return p["A3"]

    def backward_pass(self, y, output):
        p, change_w = self.params, {}
        error = output - y
        change_w["W3"] = np.outer(error, p["A2"])
        error = np.dot(p["W3"].T, error) * self.sigmoid(p["Z2"], derivative=True)
        change_w["W2"] = np.outer(error, p["A1"])
        error = np.dot(p["W2"].T, error) * self.sigmoid(p["Z1"], derivative=True)
        change_w["W1"] = np.outer(error, p["A0"])
        return change_w


def backprop(W1, W2, W3, x, y):
    net = DeepNeuralNetwork({"W1": W1, "W2": W2, "W3": W3})
    return net.backward_pass(y, net.forward_pass(x))

"""Combined network hidden slope forgotten and bias not over the rows.

expected kind: missing-factor + missing-term or scale or missing-sum or wrong-axis or wrong-shape
wrong line: 76 or 75 and 74
correction 74: grad_b2 = output_delta.sum(axis=0, keepdims=True)
correction 75: hidden_delta = output_delta.dot(w2.T) * (1 - h)
correction 76: hidden_delta *= h * (1 - h)
what: Half of the hidden slope is missing; the bias of the output gets the first row alone
source: https://github.com/dmelcaz/simple-backprop/pull/5
said: the gradient of the biases is mended
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=(1, 5)), r.normal(size=(5, 1)), r.normal(size=(1, 1)), r.normal(size=(7, 3)), r.uniform(size=(7, 1))


def loss(w1, b1, w2, b2, X, y):
    hidden = 1 / (1 + np.exp(-(X @ w1 + b1)))
    predicted = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
    return 0.5 * np.mean((predicted - y) ** 2)


class Sigmoid:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = 1 / (1 + np.exp(-inputs))
        return self.output

    def backward(self, dvalues):
        s = self.output
        return dvalues * s * (1 - s)


class Dense:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases

    def forward(self, inputs):
        self.inputs = inputs
        return np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        return np.dot(dvalues, self.weights.T)


def right(w1, b1, w2, b2, X, y):
    first, act1, second, act2 = Dense(w1, b1), Sigmoid(), Dense(w2, b2), Sigmoid()
    p = act2.forward(second.forward(act1.forward(first.forward(X))))
    dvalues = (p - y) / len(X)
    first.backward(act1.backward(second.backward(act2.backward(dvalues))))
    return first.dweights, first.dbiases, second.dweights, second.dbiases


def logistic(a):
    return 1 / (1 + np.exp(-a))


def backprop(w1, b1, w2, b2, X, y):
    n_examples = X.shape[0]
    h = logistic(np.dot(X, w1) + b1)
    p = logistic(np.dot(h, w2) + b2)
    cost_output = p - y
    output_delta = cost_output * p * (1 - p)
    output_delta /= n_examples
    grad_w2 = h.T.dot(output_delta)
    grad_b2 = output_delta[:1]
    hidden_delta = output_delta.dot(w2.T)
    hidden_delta *= h
    grad_w1 = X.T.dot(hidden_delta)
    grad_b1 = hidden_delta.sum(axis=0, keepdims=True)
    return grad_w1, grad_b1, grad_w2, grad_b2

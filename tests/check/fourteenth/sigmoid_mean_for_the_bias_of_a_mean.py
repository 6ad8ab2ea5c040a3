"""Sigmoid mean for the bias of a mean.

expected kind: mean-for-sum or scale
wrong line: 78
correction 78: self.d_bias1 = np.sum(delta1, axis=0, keepdims=True)
what: The hidden bias gets a mean over the examples of what has been divided by their number
source: https://github.com/kvfrans/notes/issues/5
said: the gradient of the bias should be a sum over the batch, not a mean
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = (r.normal(size=s) for s in [(3, 5), (1, 5), (5, 2), (1, 2)])
    return W1, b1, W2, b2, r.normal(size=(7, 3)), r.uniform(size=(7, 2))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2, X, Y):
    hidden = sigmoid(np.dot(X, W1) + b1)
    output = sigmoid(np.dot(hidden, W2) + b2)
    return 0.5 * np.mean(np.sum((output - Y) ** 2, axis=1))


def forward_propagation(X, parameters):
    Z1 = np.dot(parameters["W1"].T, X) + parameters["b1"].T
    A1 = sigmoid(Z1)
    Z2 = np.dot(parameters["W2"].T, A1) + parameters["b2"].T
    A2 = sigmoid(Z2)
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    Z1 = cache["Z1"]
    dZ2 = (A2 - Y) * A2 * (1 - A2)
    dW2 = np.dot(A1, dZ2.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True).T / m
    dZ1 = np.dot(parameters["W2"], dZ2) * sigmoid(Z1) * (1 - sigmoid(Z1))
    dW1 = np.dot(X, dZ1.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True).T / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def right(W1, b1, W2, b2, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    cache = forward_propagation(X.T, parameters)
    return backward_propagation(parameters, cache, X.T, Y.T)


class TwoLayers:
    def __init__(self, weights1, bias1, weights2, bias2):
        self.weights1, self.bias1 = weights1, bias1
        self.weights2, self.bias2 = weights2, bias2

    def forward(self, x):
        self.input = x
        self.layer1 = sigmoid(np.dot(x, self.weights1) + self.bias1)
        self.output = sigmoid(np.dot(self.layer1, self.weights2) + self.bias2)
        return self.output

    def backward(self, y):
        self.d_output = (self.output - y) / y.shape[0]
        delta2 = self.d_output * self.output * (1 - self.output)
        self.d_weights2 = np.dot(self.layer1.T, delta2)
        self.d_bias2 = np.sum(delta2, axis=0, keepdims=True)
        delta1 = np.dot(delta2, self.weights2.T)
        delta1 *= self.layer1 * (1 - self.layer1)
        self.d_weights1 = np.dot(self.input.T, delta1)
        self.d_bias1 = np.mean(delta1, axis=0, keepdims=True)


def backprop(W1, b1, W2, b2, X, Y):
    network = TwoLayers(W1, b1, W2, b2)
    network.forward(X)
    network.backward(Y)
    return network.d_weights1, network.d_bias1, network.d_weights2, network.d_bias2

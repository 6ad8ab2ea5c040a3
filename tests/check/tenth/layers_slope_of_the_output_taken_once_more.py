"""Layers slope of the output taken once more.

expected kind: wrong-point
wrong line: 55
correction 55: grad = grad * (1 - np.tanh(self.z) ** 2)
what: The derivative of tanh is taken at the activation, not at the weighted sum
source: https://github.com/benoitfragit/libBrain/issues/78
said: the value passed to the derivative should be the weighted sum, not the activation
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, W1, b1, W2, b2, Y = (r.normal(size=s) for s in [(7, 3), (3, 5), (1, 5), (5, 2), (1, 2), (7, 2)])
    return W1, b1, W2, b2, X, Y


def loss(W1, b1, W2, b2, X, Y):
    H = np.tanh(X @ W1 + b1)
    return np.mean((H @ W2 + b2 - Y) ** 2)


def right(W1, b1, W2, b2, X, Y):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    n, k = Y.shape
    for x, y in zip(X, Y):
        h = np.tanh(x @ W1 + b1[0])
        y_hat = h @ W2 + b2[0]
        d_out = 2 * (y_hat - y) / (n * k)
        grads["W2"] += np.outer(h, d_out)
        grads["b2"] += d_out
        d_hidden = W2.dot(d_out) * (1 - h * h)
        grads["W1"] += np.outer(x, d_hidden)
        grads["b1"] += d_hidden
    return grads


class Layer:
    def __init__(self, weights, biases, activation=None):
        self.weights, self.biases, self.activation = weights, biases, activation

    def forward(self, inputs):
        self.inputs = inputs
        self.z = np.dot(inputs, self.weights) + self.biases
        self.output = np.tanh(self.z) if self.activation == "tanh" else self.z
        return self.output

    def backward(self, grad):
        if self.activation == "tanh":
            grad = grad * (1 - np.tanh(self.output) ** 2)
        self.d_weights = np.dot(self.inputs.T, grad)
        self.d_biases = np.sum(grad, axis=0, keepdims=True)
        return np.dot(grad, self.weights.T)


class Network:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)


def backprop(W1, b1, W2, b2, X, Y):
    net = Network([Layer(W1, b1, "tanh"), Layer(W2, b2)])
    out = net.forward(X)
    net.backward(2 * (out - Y) / Y.size)
    first, second = net.layers
    return first.d_weights, first.d_biases, second.d_weights, second.d_biases

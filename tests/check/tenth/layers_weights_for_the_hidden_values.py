"""Layers weights for the hidden values.

expected kind: wrong-point or wrong-parameter or elementwise-for-matmul
wrong line: 75
correction 75: grads["W2"] += np.outer(h, d_out)
what: The gradient of the weights has these weights where the hidden values belong
source: https://stats.stackexchange.com/questions/464262
said: the code multiplies the change of each weight by that weight, not by what flows into it
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
            grad = grad * (1 - np.tanh(self.z) ** 2)
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


def right(W1, b1, W2, b2, X, Y):
    net = Network([Layer(W1, b1, "tanh"), Layer(W2, b2)])
    out = net.forward(X)
    net.backward(2 * (out - Y) / Y.size)
    first, second = net.layers
    return first.d_weights, first.d_biases, second.d_weights, second.d_biases


def backprop(W1, b1, W2, b2, X, Y):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    n, k = Y.shape
    for x, y in zip(X, Y):
        h = np.tanh(x @ W1 + b1[0])
        y_hat = h @ W2 + b2[0]
        d_out = 2 * (y_hat - y) / (n * k)
        grads["W2"] += W2 * d_out
        grads["b2"] += d_out
        d_hidden = W2.dot(d_out) * (1 - h * h)
        grads["W1"] += np.outer(x, d_hidden)
        grads["b1"] += d_hidden
    return grads

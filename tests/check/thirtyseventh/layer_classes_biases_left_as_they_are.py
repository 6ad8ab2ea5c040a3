"""Layer classes biases left as they are.

expected kind: detached or missing-term
wrong line: 35 or 36
correction 35: grad_bias = delta.sum(axis=0)
correction 36: return grad_weights, delta.sum(axis=0)
what: only the weights get a gradient, the biases' stays at the zeros that it began with
source: https://github.com/dragen1860/Deep-Learning-with-TensorFlow-book/issues/217
said: a book's backward pass updates the weights only, and no bias
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 4)), r.normal(size=(6, 2)), r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 2)), r.normal(size=2)

class Layer:
    def __init__(self, weights, bias, activation):
        self.weights, self.bias, self.activation = weights, bias, activation

    def activate(self, x):
        self.last_input = x
        r = x @ self.weights + self.bias
        self.last_activation = np.tanh(r) if self.activation == "tanh" else r
        return self.last_activation

    def apply_derivative(self, r):
        return 1 - r ** 2 if self.activation == "tanh" else np.ones_like(r)

    def gradients(self, delta):
        grad_weights = self.last_input.T @ delta
        grad_bias = np.zeros_like(self.bias)
        return grad_weights, grad_bias

def loss(X, y, W1, b1, W2, b2):
    return 0.5 * np.sum((np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2) - y) ** 2)

def right(X, y, W1, b1, W2, b2):
    h = np.tanh(X @ W1 + b1)
    o = np.tanh(h @ W2 + b2)
    d2 = (o - y) * (1 - o ** 2)
    d1 = d2 @ W2.T * (1 - h ** 2)
    return X.T @ d1, d1.sum(0), h.T @ d2, d2.sum(0)

def backprop(X, y, W1, b1, W2, b2):
    layers = [Layer(W1, b1, "tanh"), Layer(W2, b2, "tanh")]
    output = X
    for layer in layers:
        output = layer.activate(output)
    result = []
    for i in reversed(range(2)):
        layer = layers[i]
        error = output - y if i == 1 else delta @ layers[i + 1].weights.T
        delta = error * layer.apply_derivative(layer.last_activation)
        result = [*layer.gradients(delta), *result]
    return tuple(result)

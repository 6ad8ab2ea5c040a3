"""Arrays layers hidden slope left out.

expected kind: missing-factor
wrong line: 100
correction 100: dZ = dA * caches[0]["A"] * (1 - caches[0]["A"])
given as: arrays
what: What comes back to the hidden layer isn't multiplied by the slope of its sigmoid
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

L2 = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, X = (r.normal(size=s) for s in [(4, 4), (1, 4), (4, 2), (1, 2), (7, 4)])
    return W1, b1, W2, b2, X, (r.uniform(size=(7, 2)) > 0.5).astype(float)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W1, b1, W2, b2, X, Y):
    p = sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2)
    penalty = L2 * (np.sum(W1**2) + np.sum(W2**2))
    return -np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p)) + penalty


class Dense:
    def __init__(self, weights, biases):
        self.weights = weights
        self.biases = biases

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dweights = self.inputs.T @ dvalues
        self.dbiases = dvalues.sum(axis=0, keepdims=True)
        self.dweights += 2 * L2 * self.weights
        self.dinputs = dvalues @ self.weights.T
        return self.dinputs


class Sigmoid:
    def forward(self, inputs):
        self.output = sigmoid(inputs)
        return self.output

    def backward(self, dvalues):
        return dvalues * self.output * (1 - self.output)


class BinaryCrossentropy:
    def backward(self, dvalues, y_true):
        outputs = dvalues.shape[1]
        dinputs = -(y_true / dvalues - (1 - y_true) / (1 - dvalues)) / outputs
        return dinputs / len(dvalues)


def right(W1, b1, W2, b2, X, Y):
    layers = [Dense(W1, b1), Sigmoid(), Dense(W2, b2), Sigmoid()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = BinaryCrossentropy().backward(out, Y)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dweights, layers[0].dbiases, layers[2].dweights, layers[2].dbiases


def linear_activation_forward(A_prev, W, b):
    A = sigmoid(np.dot(A_prev, W) + b)
    return A, {"A_prev": A_prev, "W": W, "A": A}


def linear_backward(dZ, cache):
    dW = np.dot(cache["A_prev"].T, dZ) + 2 * L2 * cache["W"]
    db = np.sum(dZ, axis=0, keepdims=True)
    dA_prev = np.dot(dZ, cache["W"].T)
    return dA_prev, dW, db


def backprop(W1, b1, W2, b2, X, Y):
    parameters, caches, A = [(W1, b1), (W2, b2)], [], X
    for W, b in parameters:
        A, cache = linear_activation_forward(A, W, b)
        caches.append(cache)

    grads = {}
    dZ = (A - Y) / Y.size
    dA, grads["W2"], grads["b2"] = linear_backward(dZ, caches[1])
    dZ = dA
    _, grads["W1"], grads["b1"] = linear_backward(dZ, caches[0])
    return grads

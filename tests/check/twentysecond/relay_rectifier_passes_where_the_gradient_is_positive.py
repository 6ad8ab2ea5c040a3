"""Relay rectifier passes where the gradient is positive.

expected kind: wrong-mask
wrong line: 90
correction 90: return grad * (self.inputs > 0)
what: The rectifier lets the gradient through where the gradient is positive, not where its input was
source: https://github.com/exacity/deeplearningbook-chinese/issues/127
said: a translation has the backward rule of the rectifier zero what is below zero in the gradient; it is where the input was below zero
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = []
    for fan_in, fan_out in ((3, 4), (4, 4), (4, 2)):
        weights += [0.9 * r.normal(size=(fan_in, fan_out)), 0.4 * r.normal(size=fan_out)]
    return *weights, r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(W1, b1, W2, b2, W3, b3, X, T):
    squashed = np.tanh(X @ W1 + b1)
    rectified = np.maximum(squashed @ W2 + b2, 0)
    out = rectified @ W3 + b3
    return np.mean((out - T) ** 2)


def run_forward(params, X):
    memory = {"A0": X}
    for l in (1, 2, 3):
        memory[f"Z{l}"] = memory[f"A{l - 1}"] @ params[f"W{l}"] + params[f"b{l}"]
        if l == 1:
            memory["A1"] = np.tanh(memory["Z1"])
        elif l == 2:
            memory["A2"] = np.maximum(memory["Z2"], 0)
    return memory["Z3"], memory


def run_backward(params, memory, dZ):
    grads = {}
    for l in (3, 2, 1):
        grads[f"W{l}"] = memory[f"A{l - 1}"].T @ dZ
        grads[f"b{l}"] = dZ.sum(axis=0)
        dA = dZ @ params[f"W{l}"].T
        if l == 3:
            dZ = dA * (memory["Z2"] > 0)
        elif l == 2:
            dZ = dA * (1 - memory["A1"] ** 2)
    return grads


def right(W1, b1, W2, b2, W3, b3, X, T):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    out, memory = run_forward(params, X)
    return run_backward(params, memory, 2 * (out - T) / T.size)


class Dense:
    def __init__(self, weight, bias):
        self.weight, self.bias = weight, bias

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.weight + self.bias

    def backward(self, grad):
        self.dweight = self.inputs.T @ grad
        self.dbias = grad.sum(axis=0)
        return grad @ self.weight.T


class TanhUnit:
    def forward(self, inputs):
        self.out = np.tanh(inputs)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out**2)


class RectifierUnit:
    def forward(self, inputs):
        self.inputs = inputs
        return np.where(inputs > 0, inputs, 0.0)

    def backward(self, grad):
        return grad * (grad > 0)


class MeanSquares:
    def forward(self, prediction, target):
        self.gap = prediction - target
        return np.mean(self.gap**2)

    def backward(self):
        return 2 * self.gap / self.gap.size


class Chain:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, signal):
        for layer in self.layers:
            signal = layer.forward(signal)
        return signal

    def backward(self, grad):
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad


def backprop(W1, b1, W2, b2, W3, b3, X, T):
    dense = [Dense(W1, b1), Dense(W2, b2), Dense(W3, b3)]
    chain = Chain(dense[0], TanhUnit(), dense[1], RectifierUnit(), dense[2])
    criterion = MeanSquares()
    criterion.forward(chain.forward(X), T)
    chain.backward(criterion.backward())
    return [g for layer in dense for g in (layer.dweight, layer.dbias)]

"""Multilabel slope of what the layer was given.

expected kind: wrong-point
wrong line: 92
correction 92: dZ1 = np.multiply(dA1, 1 - np.power(cache["A1"], 2))
what: The slope of tanh is that of its input, where its formula is one of the output
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(4, 3)), r.normal(size=(4, 1)), r.normal(size=(2, 4)), r.normal(size=(2, 1))
    return W1, b1, W2, b2, r.normal(size=(3, 5)), np.array([[1, 0, 0, 1, 1], [0, 0, 1, 1, 0]])


def loss(W1, b1, W2, b2, X, Y):
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / X.shape[1]


def activate(name, z):
    if name == "tanh":
        return np.tanh(z)
    if name == "relu":
        return np.maximum(z, 0)
    return 1 / (1 + np.exp(-z))


def activate_backward(name, a, grad):
    if name == "tanh":
        return grad * (1 - np.power(a, 2))
    if name == "relu":
        return grad * (a > 0)
    return grad * a * (1 - a)


class Model:
    def __init__(self, W1, b1, W2, b2):
        self.params = dict(W1=W1, b1=b1, W2=W2, b2=b2)
        self.names = {1: "tanh", 2: "sigmoid"}
        self.grads = {}

    def forward(self, X):
        self.cache = {"A0": X}
        for l in (1, 2):
            z = np.dot(self.params[f"W{l}"], self.cache[f"A{l - 1}"]) + self.params[f"b{l}"]
            self.cache[f"A{l}"] = activate(self.names[l], z)
        return self.cache["A2"]

    def backward(self, Y):
        AL = self.cache["A2"]
        m = Y.shape[1]
        dA = (-(Y / AL) + (1 - Y) / (1 - AL)) / m
        for l in (2, 1):
            dZ = activate_backward(self.names[l], self.cache[f"A{l}"], dA)
            self.grads[f"W{l}"] = np.dot(dZ, self.cache[f"A{l - 1}"].T)
            self.grads[f"b{l}"] = np.sum(dZ, axis=1, keepdims=True)
            dA = np.dot(self.params[f"W{l}"].T, dZ)
        return self.grads


def right(W1, b1, W2, b2, X, Y):
    net = Model(W1, b1, W2, b2)
    net.forward(X)
    return net.backward(Y)


def propagate(parameters, X):
    cache = {}
    cache["Z1"] = np.dot(parameters["W1"], X) + parameters["b1"]
    cache["A1"] = np.tanh(cache["Z1"])
    cache["Z2"] = np.dot(parameters["W2"], cache["A1"]) + parameters["b2"]
    cache["A2"] = 1.0 / (1.0 + np.exp(-cache["Z2"]))
    return cache


def backprop(W1, b1, W2, b2, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    cache = propagate(parameters, X)
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dW2 = (1 / m) * np.dot(dZ2, cache["A1"].T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, 1 - np.power(cache["Z1"], 2))
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

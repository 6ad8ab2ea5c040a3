"""Thimble output errors without their slope.

expected kind: missing-factor
wrong line: 81
correction 81: delta = (activations[-1] - y) * logistic_prime(zs[-1])
what: The errors at the output aren't multiplied by the slope of the sigmoid there, though the loss is a sum of squares
source: https://github.com/Frixoe/xor-neural-network/issues/1
said: the delta of the output layer should be the error times the derivative of the sigmoid, and the notebook has the error alone
"""

import numpy as np

PARAMETERS = ["U", "c", "V", "d"]


def data(seed=0):
    r = np.random.default_rng(seed)
    U, c = r.normal(size=(4, 3)), 0.5 * r.normal(size=4)
    V, d = r.normal(size=(2, 4)), 0.5 * r.normal(size=2)
    return U, c, V, d, r.normal(size=(6, 3)), r.uniform(size=(6, 2))


def loss(U, c, V, d, threads, seams):
    hidden = 1 / (1 + np.exp(-(threads @ U.T + c)))
    sewn = 1 / (1 + np.exp(-(hidden @ V.T + d)))
    return 0.5 * np.sum((sewn - seams) ** 2) / len(threads)


def forward_pass(params, X):
    cache = {"A0": X}
    cache["Z1"] = np.dot(params["U"], X) + params["c"].reshape(-1, 1)
    cache["A1"] = 1 / (1 + np.exp(-cache["Z1"]))
    cache["Z2"] = np.dot(params["V"], cache["A1"]) + params["d"].reshape(-1, 1)
    cache["A2"] = 1 / (1 + np.exp(-cache["Z2"]))
    return cache


def backward_pass(params, cache, Y):
    m = Y.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    grads = {}
    dA2 = (A2 - Y) / m
    dZ2 = dA2 * A2 * (1 - A2)
    grads["V"] = np.dot(dZ2, A1.T)
    grads["d"] = np.sum(dZ2, axis=1)
    dA1 = np.dot(params["V"].T, dZ2)
    dZ1 = dA1 * A1 * (1 - A1)
    grads["U"] = np.dot(dZ1, cache["A0"].T)
    grads["c"] = np.sum(dZ1, axis=1)
    return grads


def right(U, c, V, d, threads, seams):
    params = {"U": U, "c": c, "V": V, "d": d}
    # one column for each example
    cache = forward_pass(params, threads.T)
    return backward_pass(params, cache, seams.T)


def logistic(z):
    return 1.0 / (1.0 + np.exp(-z))


def logistic_prime(z):
    return logistic(z) * (1 - logistic(z))


class Thimble:
    """A net with any number of layers, which learns from one example after the other."""

    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases
        self.nabla_w = [np.zeros(w.shape) for w in weights]
        self.nabla_b = [np.zeros(b.shape) for b in biases]

    def learn_from(self, x, y):
        zs, activations = [], [x]
        for w, b in zip(self.weights, self.biases):
            zs.append(w @ activations[-1] + b)
            activations.append(logistic(zs[-1]))
        delta = activations[-1] - y
        for l in range(1, len(self.weights) + 1):
            if l > 1:
                delta = (self.weights[-l + 1].T @ delta) * logistic_prime(zs[-l])
            self.nabla_w[-l] += np.outer(delta, activations[-l - 1])
            self.nabla_b[-l] += delta


def backprop(U, c, V, d, threads, seams):
    net = Thimble([U, V], [c, d])
    for x, y in zip(threads, seams):
        net.learn_from(x, y)
    n = len(threads)
    (dU, dV), (dc, dd) = net.nabla_w, net.nabla_b
    return dU / n, dc / n, dV / n, dd / n

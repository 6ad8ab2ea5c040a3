"""Dictnet error of the other layer.

expected kind: stale-value or missing-factor
wrong line: 81
correction 81: l1_delta = l1_error * l1 * (1 - l1)
what: The hidden delta is made from the error of the output layer, which has not been led back through the weights
source: https://github.com/llSourcell/neural_networks/issues/3
said: where the gradient of a layer is computed, the error that stands there goes by the name of another variable
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
LAMBD = 0.7


def data(seed=0):
    rng = np.random.default_rng(seed)
    Y = np.eye(3)[rng.integers(0, 3, size=7)].T
    W1, b1, W2, b2 = (rng.normal(size=s) for s in ((3, 4), (3, 1), (3, 3), (3, 1)))
    return W1, b1, W2, b2, rng.normal(size=(4, 7)), Y


def loss(W1, b1, W2, b2, X, Y):
    m = X.shape[1]
    A1 = 1 / (1 + np.exp(-(W1 @ X + b1)))
    Z2 = W2 @ A1 + b2
    log_p = Z2 - np.log(np.sum(np.exp(Z2), axis=0))
    return -np.sum(Y * log_p) / m + LAMBD / (2 * m) * (np.sum(W1**2) + np.sum(W2**2))


def slope(a):
    return a * (1 - a)


def forward_propagation(X, parameters):
    cache = {"A0": X}
    cache["Z1"] = parameters["W1"] @ X + parameters["b1"]
    cache["A1"] = 1 / (1 + np.exp(-cache["Z1"]))
    cache["Z2"] = parameters["W2"] @ cache["A1"] + parameters["b2"]
    shifted = np.exp(cache["Z2"] - cache["Z2"].max(axis=0))
    cache["A2"] = shifted / shifted.sum(axis=0)
    return cache


def backward_propagation(parameters, cache, Y):
    m = Y.shape[1]
    W2 = parameters["W2"]
    dZ2 = cache["A2"] - Y
    grads = {
        "W2": dZ2 @ cache["A1"].T / m + LAMBD / m * W2,
        "b2": dZ2.sum(axis=1, keepdims=True) / m,
    }
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * slope(cache["A1"])
    grads["W1"] = dZ1 @ cache["A0"].T / m + LAMBD / m * parameters["W1"]
    grads["b1"] = dZ1.sum(axis=1, keepdims=True) / m
    return grads


def right(W1, b1, W2, b2, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return backward_propagation(parameters, forward_propagation(X, parameters), Y)


class Mlp:
    def __init__(self, weights, biases):
        self.weights, self.biases = weights, biases

    def run(self, inputs):
        l1 = 1.0 / (1.0 + np.exp(-(np.einsum("hi,im->hm", self.weights[0], inputs) + self.biases[0])))
        raw = np.einsum("oh,hm->om", self.weights[1], l1) + self.biases[1]
        soft = np.exp(raw)
        return l1, soft / np.einsum("om->m", soft)

    def train_step(self, inputs, targets):
        m = inputs.shape[1]
        l1, l2 = self.run(inputs)
        l2_error = (l2 - targets) / m
        l1_error = np.einsum("oh,om->hm", self.weights[1], l2_error)
        l1_delta = l2_error * l1 * (1 - l1)
        gw = [np.einsum("hm,im->hi", l1_delta, inputs), np.einsum("om,hm->oh", l2_error, l1)]
        gb = [np.einsum("hm->h", l1_delta)[:, None], np.einsum("om->o", l2_error)[:, None]]
        for g, w in zip(gw, self.weights):
            g += LAMBD * w / m
        return gw, gb


def backprop(W1, b1, W2, b2, X, Y):
    gw, gb = Mlp([W1, W2], [b1, b2]).train_step(X, Y)
    return gw[0], gb[0], gw[1], gb[1]

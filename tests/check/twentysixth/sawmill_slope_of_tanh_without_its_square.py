"""Sawmill slope of tanh without its square.

expected kind: missing-factor or wrong-activation
wrong line: 78
correction 78: return dA * (1 - A * A)
what: The slope of tanh is taken for one minus its value, which isn't squared
source: https://github.com/scutan90/DeepLearning-500-questions/issues/466
said: the derivative of tanh in the book is wrong: it should be one minus the square of tanh
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
DECAY = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, W3 = r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=(3, 1))
    b1, b2, b3 = 0.5 * r.normal(size=4), 0.5 * r.normal(size=3), 0.5 * r.normal(size=1)
    return W1, b1, W2, b2, W3, b3, r.normal(size=(7, 3)), np.array([1.0, 0, 0, 1, 1, 0, 1]).reshape(7, 1)


def loss(W1, b1, W2, b2, W3, b3, logs, knots):
    m = logs.shape[0]
    first = np.tanh(logs @ W1 + b1)
    second = np.tanh(first @ W2 + b2)
    p = 1 / (1 + np.exp(-(second @ W3 + b3)))
    cross = -np.sum(knots * np.log(p) + (1 - knots) * np.log(1 - p)) / m
    return cross + DECAY / (2 * m) * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


class Blade:
    """A layer that takes its step as soon as it knows its gradient."""

    rate = 0.5

    def __init__(self, W, b, last=False):
        self.W, self.b, self.last = W, b, last

    def forward(self, x):
        self.x = x
        s = x @ self.W + self.b
        self.y = 1 / (1 + np.exp(-s)) if self.last else np.tanh(s)
        return self.y

    def backward(self, dy):
        slope = self.y * (1 - self.y) if self.last else 1 - self.y**2
        ds = dy * slope
        self.dW = self.x.T @ ds + DECAY / len(ds) * self.W
        self.db = ds.sum(axis=0)
        before = self.W.copy()
        self.W -= self.rate * self.dW
        self.b -= self.rate * self.db
        return ds @ before.T


def right(W1, b1, W2, b2, W3, b3, logs, knots):
    blades = [Blade(W1, b1), Blade(W2, b2), Blade(W3, b3, last=True)]
    p = logs
    for blade in blades:
        p = blade.forward(p)
    dy = (p - knots) / (p * (1 - p)) / len(knots)
    for blade in blades[::-1]:
        dy = blade.backward(dy)
    return [g for blade in blades for g in (blade.dW, blade.db)]


def forward_propagation(X, parameters):
    cache = {"A0": X}
    for l in (1, 2, 3):
        Z = parameters[f"W{l}"].T @ cache[f"A{l - 1}"] + parameters[f"b{l}"][:, None]
        cache[f"A{l}"] = np.tanh(Z) if l < 3 else 1 / (1 + np.exp(-Z))
    return cache


def tanh_backward(dA, A):
    return dA * (1 - A)


def backward_propagation(Y, cache, parameters):
    m = Y.shape[1]
    grads = {}
    dZ = cache["A3"] - Y
    for l in (3, 2, 1):
        W, A_prev = parameters[f"W{l}"], cache[f"A{l - 1}"]
        grads[f"W{l}"] = (A_prev @ dZ.T + DECAY * W) / m
        grads[f"b{l}"] = np.sum(dZ, axis=1) / m
        if l > 1:
            dZ = tanh_backward(W @ dZ, A_prev)
    return grads


def backprop(W1, b1, W2, b2, W3, b3, logs, knots):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    cache = forward_propagation(logs.T, parameters)
    return backward_propagation(knots.T, cache, parameters)

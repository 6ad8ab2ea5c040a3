"""Leaky units that do not leak back.

expected kind: wrong-activation
wrong line: 39
correction 39: return np.where(0.3 * x > 0, 1.0, 0.3)
what: The derivative of the leaky ReLU is that of the ReLU
source: github.com/scientific-computing/FKB, issue 15
said: The derivative of the leaky ReLU seems to be the same as that of the ReLU.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "w2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=5), r.normal(size=(6, 3)), r.normal(size=6)


def loss(W1, b1, w2, X, y):
    z = X @ W1 + b1
    return np.sum((np.where(z > 0, z, 0.3 * z) @ w2 - y) ** 2)


def right(W1, b1, w2, X, y):
    z = X @ W1 + b1
    k = np.where(z > 0, 1, 0.3)
    d = 2 * (z * k @ w2 - y)
    g = np.outer(d, w2) * k
    return X.T @ g, g.sum(0), (z * k).T @ d


def leaky_relu(x):
    return np.where(x > 0, x, 0.3 * x)


def leaky_relu_prime(x):
    return np.where(0.3 * x > 0, 1.0, 0.0)


activations = {"leaky_relu": (leaky_relu, leaky_relu_prime)}


def backprop(W1, b1, w2, X, y):
    f, fprime = activations["leaky_relu"]
    z = X @ W1 + b1
    a = f(z)
    delta = 2 * (a @ w2 - y)
    dw2 = a.T @ delta
    delta = delta[:, None] * w2 * fprime(z)
    return {"W1": X.T @ delta, "b1": delta.sum(0), "w2": dw2}

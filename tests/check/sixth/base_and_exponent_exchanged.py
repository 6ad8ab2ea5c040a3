"""Base and exponent exchanged.

expected kind: wrong-activation
wrong line: 45
correction 45: return grad * np.log(self.base) * self.base ** self.x
what: The derivative of base ** z is taken as if it were z ** base
source: https://github.com/tenstorrent/tt-metal/pull/52144
said: rpow computes exponent ** input, but its backward is the derivative of input ** exponent
"""

import numpy as np

PARAMETERS = ["W", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, b, v = 0.4 * r.normal(size=(3, 4)), 0.3 * r.normal(size=4), r.normal(size=4)
    return W, b, v, r.normal(size=(6, 3)), r.normal(size=6)


def loss(W, b, v, X, y):
    rate = np.log(1 + np.exp(X @ W + b))
    return np.mean((1.7 ** rate @ v - y) ** 2)


def right(W, b, v, X, y):
    z = X @ W + b
    s = 1 / (1 + np.exp(-z))
    g = (1 + np.exp(z)) ** np.log(1.7)
    e = 2 / len(y) * (g @ v - y)
    dz = np.outer(e, v) * np.log(1.7) * g * s
    return X.T @ dz, dz.sum(0), g.T @ e


class RPow:
    def __init__(self, base):
        self.base = base

    def forward(self, x):
        self.x = x
        return self.base ** x

    def backward(self, grad):
        return grad * self.base * self.x ** (self.base - 1)


class Softplus:
    def forward(self, x):
        self.x = x
        return np.logaddexp(0, x)

    def backward(self, grad):
        return grad / (1 + np.exp(-self.x))


def backprop(W, b, v, X, y):
    layers = [Softplus(), RPow(1.7)]
    a = X @ W + b
    for layer in layers:
        a = layer.forward(a)
    diff = a @ v - y
    dout = 2 * diff / len(diff)
    dv = a.T @ dout
    g = dout[:, None] * v[None, :]
    for layer in layers[::-1]:
        g = layer.backward(g)
    return X.T @ g, g.sum(axis=0), dv

"""Layers leaky lets everything through.

expected kind: wrong-mask or missing-factor or wrong-activation
wrong line: 103
correction 103: return np.where(self.x > 0, grad, SLOPE * grad)
what: What is asked of the output is true everywhere, so that the whole gradient goes through where the input is negative, too
source: https://github.com/chainer/chainer/pull/5898
said: the leaky rectifier passed all gradients back, even where the input is below zero (there only for a slope of zero)
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
SLOPE = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes = [3, 4, 4, 2]
    layers = [r.normal(size=shape) for i in range(3) for shape in ((sizes[i], sizes[i + 1]), sizes[i + 1])]
    return *layers, r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(W1, b1, W2, b2, W3, b3, X, T):
    z1 = X @ W1 + b1
    z2 = np.where(z1 > 0, z1, SLOPE * z1) @ W2 + b2
    out = np.where(z2 > 0, z2, SLOPE * z2) @ W3 + b3
    return np.sum((out - T) ** 2) / len(T)


class Sigmoid:
    @staticmethod
    def f(z):
        return 1 / (1 + np.exp(-z))

    @staticmethod
    def df(z):
        return Sigmoid.f(z) * (1 - Sigmoid.f(z))


class Linear:
    @staticmethod
    def f(z):
        return z

    @staticmethod
    def df(z):
        return np.ones_like(z)


class Leaky:
    @staticmethod
    def f(z):
        return np.maximum(z, SLOPE * z)

    @staticmethod
    def df(z):
        return np.where(z > 0, 1.0, SLOPE)


class Layer:
    def __init__(self, W, b, act):
        self.params, self.act = {"W": W, "b": b}, act

    def feed(self, a):
        self.a_in = a
        self.z = a.dot(self.params["W"]) + self.params["b"]
        return self.act.f(self.z)

    def backprop(self, da):
        dz = da * self.act.df(self.z)
        self.grads = {"W": self.a_in.T.dot(dz), "b": np.sum(dz, axis=0)}
        return dz.dot(self.params["W"].T)


def right(W1, b1, W2, b2, W3, b3, X, T):
    first, second, third = Layer(W1, b1, Leaky), Layer(W2, b2, Leaky), Layer(W3, b3, Linear)
    error = third.feed(second.feed(first.feed(X))) - T
    first.backprop(second.backprop(third.backprop(2.0 / len(X) * error)))
    return tuple(layer.grads[key] for layer in (first, second, third) for key in "Wb")


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


class LeakyReLU:
    def forward(self, x):
        self.x, self.y = x, np.where(x > 0, x, SLOPE * x)
        return self.y

    def backward(self, grad):
        return np.where(self.y >= self.x, grad, SLOPE * grad)


class SGD:
    def __init__(self, network):
        self.trainable = [layer for layer in network if isinstance(layer, Dense)]

    def gradients(self):
        return [g for layer in self.trainable for g in (layer.dW, layer.db)]


def backprop(W1, b1, W2, b2, W3, b3, X, T):
    network = [Dense(W1, b1), LeakyReLU(), Dense(W2, b2), LeakyReLU(), Dense(W3, b3)]
    out = X
    for layer in network:
        out = layer.forward(out)
    grad = 2 * (out - T) / T.shape[0]
    for layer in reversed(network):
        grad = layer.backward(grad)
    return SGD(network).gradients()

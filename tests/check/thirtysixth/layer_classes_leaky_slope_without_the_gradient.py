"""A net of layer classes with a leaky ReLU.

expected kind: missing-factor or wrong-activation
wrong line: 34
correction 34: return np.where(self.x > 0, dout, self.alpha * dout)
what: on the negative side the layer returns its slope, without the gradient that arrives
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(0)
        return dout @ self.W.T


class LeakyReLU:
    alpha = 0.2

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        return np.where(self.x > 0, dout, self.alpha)


def loss(W1, b1, W2, b2, x, t):
    for layer in (Dense(W1, b1), LeakyReLU(), Dense(W2, b2)):
        x = layer.forward(x)
    return 0.5 * np.sum((x - t) ** 2)


def right(W1, b1, W2, b2, x, t):
    z = x @ W1 + b1
    a = z * np.where(z > 0, 1, 0.2)
    d = a @ W2 + b2 - t
    dz = d @ W2.T * np.where(z > 0, 1, 0.2)
    return x.T @ dz, dz.sum(0), a.T @ d, d.sum(0)


def backprop(W1, b1, W2, b2, x, t):
    layers = [Dense(W1, b1), LeakyReLU(), Dense(W2, b2)]
    for layer in layers:
        x = layer.forward(x)
    dout = x - t
    for layer in reversed(layers):
        dout = layer.backward(dout)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 2)), r.normal(size=2), r.normal(size=(6, 3)), r.normal(size=(6, 2))

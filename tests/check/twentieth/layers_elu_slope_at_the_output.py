"""Layers elu slope at the output.

expected kind: wrong-point
wrong line: 103
correction 103: delta = delta * elu_grad(self.net)
what: The slope as a function of the input is taken at the output
source: https://github.com/apache/mxnet/pull/1265
said: the derivative is called with the output, so for negative inputs it should be the output plus the factor
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "w3"]
ALPHA = 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=3)
    return *weights, r.normal(size=(6, 3)), np.array([0, 1, 1, 0, 1, 0])


def loss(W1, b1, W2, b2, w3, X, y):
    z1 = X @ W1 + b1
    z2 = np.where(z1 > 0, z1, ALPHA * (np.exp(z1) - 1)) @ W2 + b2
    s = np.where(z2 > 0, z2, ALPHA * (np.exp(z2) - 1)) @ w3
    return np.mean(np.log(1 + np.exp(s)) - y * s)


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.sum(axis=0)
        return dy @ self.W.T


class ELU:
    def __call__(self, x):
        self.y = np.where(x > 0, x, ALPHA * (np.exp(x) - 1))
        return self.y

    def backward(self, dy):
        return dy * np.where(self.y > 0, 1.0, ALPHA + self.y)


class Momentum:
    def __init__(self, rate=0.1, beta=0.9):
        self.rate, self.beta, self.velocity = rate, beta, {}

    def step(self, name, value, grad):
        self.velocity[name] = self.beta * self.velocity.get(name, 0.0) - self.rate * grad
        return value + self.velocity[name]


def right(W1, b1, W2, b2, w3, X, y):
    hidden = [Affine(W1, b1), ELU(), Affine(W2, b2), ELU()]
    last = Affine(w3[:, None], np.zeros(1))
    out = X
    for layer in hidden:
        out = layer(out)
    p = 1 / (1 + np.exp(-last(out)))
    grad = last.backward((p - y[:, None]) / len(y))
    for layer in hidden[::-1]:
        grad = layer.backward(grad)
    one, two = hidden[0], hidden[2]
    grads = {"W1": one.dW, "b1": one.db, "W2": two.dW, "b2": two.db, "w3": last.dW[:, 0]}
    optimizer = Momentum()
    for name, value in (("W1", W1), ("b1", b1), ("W2", W2), ("b2", b2), ("w3", w3)):
        optimizer.step(name, value, grads[name])
    return grads


def elu(x):
    return np.where(x > 0, x, ALPHA * np.expm1(x))


def elu_grad(x):
    return np.where(x > 0, 1.0, ALPHA * np.exp(x))


class Param:
    def __init__(self, value):
        self.value, self.grad = value, np.zeros(np.shape(value))


class HiddenLayer:
    def __init__(self, W, b):
        self.W, self.b = Param(W), Param(b)

    def forward(self, inp):
        self.inp = inp
        self.net = inp @ self.W.value + self.b.value
        self.out = elu(self.net)
        return self.out

    def backward(self, delta):
        delta = delta * elu_grad(self.out)
        self.W.grad += self.inp.T @ delta
        self.b.grad += np.ones(len(delta)) @ delta
        return delta @ self.W.value.T


def backprop(W1, b1, W2, b2, w3, X, y):
    layers = [HiddenLayer(W1, b1), HiddenLayer(W2, b2)]
    h = layers[1].forward(layers[0].forward(X))
    dscore = (1 / (1 + np.exp(-h @ w3)) - y) / y.size
    layers[0].backward(layers[1].backward(np.outer(dscore, w3)))
    params = [p for layer in layers for p in (layer.W, layer.b)]
    return *(p.grad for p in params), h.T @ dscore

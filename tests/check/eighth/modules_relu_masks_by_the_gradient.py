"""Modules relu masks by the gradient.

expected kind: wrong-mask or wrong-point
wrong line: 99
correction 99: dx[self.x <= 0] = 0
what: The mask of the rectifier is taken from the sign of the gradient, not from its input
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "c1", "W2", "c2", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x, W1, c1, W2, c2, V, t = (r.normal(size=s) for s in [(6, 2), (2, 5), 5, (5, 3), 3, (3, 1), (6, 1)])
    return W1, c1, W2, c2, V, x, t


def loss(W1, c1, W2, c2, V, x, t):
    h1 = np.tanh(x @ W1 + c1)
    h2 = np.maximum(0, h1 @ W2 + c2)
    return 0.5 * np.sum((h2 @ V - t) ** 2)


def linear(W, b):
    def forward(x):
        def backward(g):
            return g @ W.T, {"W": x.T @ g, "b": g.sum(0)}

        return x @ W + b, backward

    return forward


def tanh(x):
    out = np.tanh(x)
    return out, lambda g: (g * (1 - out * out), {})


def relu(x):
    return np.maximum(0, x), lambda g: (g * (x > 0), {})


def squared_error(pred, t):
    return 0.5 * np.sum((pred - t) ** 2), pred - t


def right(W1, c1, W2, c2, V, x, t):
    tape = []
    for layer in (linear(W1, c1), tanh, linear(W2, c2), relu, linear(V, 0.0)):
        x, pullback = layer(x)
        tape.append(pullback)
    _, g = squared_error(x, t)
    found = []
    for pullback in tape[::-1]:
        g, grads = pullback(g)
        found.append(grads)
    return found[4]["W"], found[4]["b"], found[2]["W"], found[2]["b"], found[0]["W"]


class Module:
    def __init__(self, *params):
        self.params = params
        self.grads = [np.zeros_like(p) for p in params]


class Affine(Module):
    def forward(self, x):
        self.x = x
        W, b = self.params
        return x.dot(W) + b

    def backward(self, dout):
        W, b = self.params
        self.grads[0] += np.dot(self.x.T, dout)
        self.grads[1] += np.sum(dout, axis=0)
        return np.dot(dout, W.T)


class Sigma(Module):
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out**2)


class Rectify(Module):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        dx = dout.copy()
        dx[dout <= 0] = 0
        return dx


def backprop(W1, c1, W2, c2, V, x, t):
    one, two, last = Affine(W1, c1), Affine(W2, c2), Affine(V, np.zeros(1))
    net = [one, Sigma(), two, Rectify(), last]
    for module in net:
        x = module.forward(x)
    dout = x - t
    for module in net[::-1]:
        dout = module.backward(dout)
    return (*one.grads, *two.grads, last.grads[0])

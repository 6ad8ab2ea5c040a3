"""The bias gets a gradient for every row.

expected kind: missing-sum or wrong-shape
wrong line: 38
correction 38: return grad, grad.sum(axis=0)
what: what was broadcast isn't summed
source: https://github.com/jimfleming/differentiation/issues/1
said: Adding (4, 4) and (4,) broadcasts; on the way back the biases receive (4, 4), and are then broadcast to
    that. Sum over the rows.
"""

import numpy as np

PARAMETERS = ["w", "biases", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=shape) for shape in [(4, 3), (4, 2), (3, 4), 4, (4, 2)]]


def loss(x, y, w, biases, v):
    return np.sum((1 / (1 + np.exp(-(x @ w + biases))) @ v - y) ** 2)


def right(x, y, w, biases, v):
    s = 1 / (1 + np.exp(-x @ w - biases))
    g = 2 * (s @ v - y)
    d = np.einsum("nk,hk,nh->nh", g, v, s - s * s)
    return np.einsum("nd,nh->dh", x, d), np.einsum("nh->h", d), np.einsum("nh,nk->hk", s, g)


class Add:
    def forward(self, a, b):
        return a + b

    def backward(self, grad):
        return grad, grad


class Dot:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a.dot(b)

    def backward(self, grad):
        return grad.dot(self.b.T), self.a.T.dot(grad)


class Sigmoid:
    def forward(self, a):
        self.y = 1 / (1 + np.exp(-a))
        return self.y

    def backward(self, grad):
        return grad * self.y * (1 - self.y)


def backprop(x, y, w, biases, v):
    dot0, add0, act0, dot1 = Dot(), Add(), Sigmoid(), Dot()
    out = dot1.forward(act0.forward(add0.forward(dot0.forward(x, w), biases)), v)
    grad, dv = dot1.backward(2 * (out - y))
    grad, dbiases = add0.backward(act0.backward(grad))
    grad, dw = dot0.backward(grad)
    return dw, dbiases, dv

"""The backward pass of a product ignores what comes in.

expected kind: missing-factor
wrong line: 40
correction 40: return grad * grad_output[:, None]
what: the incoming gradient isn't multiplied in
source: https://github.com/pytorch/pytorch/issues/995
said: The gradient of -prod(x) came out as that of prod(x): backward doesn't multiply by grad_output.
"""

import numpy as np

PARAMETERS = ["w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 2)), r.normal(size=5), r.normal(size=(2, 3))]


def loss(x, t, w):
    z = x @ w
    return np.sum((t - z[:, 0] * z[:, 1] * z[:, 2]) ** 2)


def right(x, t, w):
    a, b, c = (x @ w).T
    g = -2 * (t - a * b * c)
    return x.T @ np.stack([g * b * c, g * a * c, g * a * b], axis=1)


class Prod:
    def forward(self, v):
        self.v = v
        self.out = v.prod(axis=1)
        return self.out

    def backward(self, grad_output):
        grad = self.out[:, None] / self.v
        return grad


def backprop(x, t, w):
    op = Prod()
    residual = t - op.forward(x @ w)
    return x.T @ op.backward(-2 * residual)

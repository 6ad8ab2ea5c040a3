"""Two at once: a division whose derivatives are dy/a and dy*b.

expected kind: wrong-point + wrong-activation or swapped-operands + wrong-activation
wrong line: 39 and 40
correction 39: da = dy / b
correction 40: db = -dy * a / b ** 2
what: the derivative by the numerator divides by the numerator; that by the denominator multiplies
source: https://github.com/apache/singa/pull/484
said: The backward of a Div operator returns dy / input0 and dy * input1; the review says 1/b and -a/b^2.
"""

import numpy as np

PARAMETERS = ["a", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.uniform(0.5, 2, size=(6, 3)), r.normal(size=6), r.uniform(0.5, 2, size=3), r.uniform(0.5, 2, size=3)]


def loss(x, y, a, b):
    return np.sum(((x @ a) / (x @ b) - y) ** 2)


def right(x, y, a, b):
    p, q = x @ a, x @ b
    g = 2 * (p / q - y)
    return x.T @ (g / q), x.T @ (-g * p / q**2)


class Div:
    def forward(self, a, b):
        self.input = (a, b)
        return a / b

    def backward(self, dy):
        a, b = self.input
        da = dy / a
        db = dy * b
        return da, db


def backprop(x, y, a, b):
    op = Div()
    out = op.forward(x @ a, x @ b)
    dtop, dbottom = op.backward(2 * (out - y))
    return dtop @ x, dbottom @ x

"""The derivative of the root is 1 / root.

expected kind: scale
wrong line: 43
correction 43: return inner / (2 * self.value())
what: the derivative of the square root lacks its one half
source: https://github.com/groops-devs/groops/issues/246
said: In ExpressionSqrt the derivative is that of the operand over the root; a 2 is missing in the
    denominator.
"""

import numpy as np

PARAMETERS = ["k", "m"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=8), r.normal(size=8), np.array(0.7), np.array(-0.4)]


def loss(x, y, k, m):
    return np.sqrt(np.mean((np.sin(k * x) + m - y) ** 2))


def right(x, y, k, m):
    e = np.sin(k * x) + m - y
    g = e / (len(x) * np.sqrt(np.mean(e**2)))
    return np.sum(g * np.cos(k * x) * x), np.sum(g)


from dataclasses import dataclass


@dataclass
class Sqrt:
    operand: float

    def value(self):
        return self.operand ** 0.5

    def derivative(self, inner):
        return inner / self.value()


def backprop(x, y, k, m):
    def parts(i):
        e = np.sin(k * x[i]) + m - y[i]
        return e * e, 2 * e * np.cos(k * x[i]) * x[i], 2 * e

    n = len(x)
    squares, dk, dm = map(sum, zip(*map(parts, range(n))))
    root = Sqrt(squares / n)
    return tuple(root.derivative(d / n) for d in (dk, dm))

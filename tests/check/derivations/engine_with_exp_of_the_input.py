"""The derivative of exp multiplies by the input.

expected kind: wrong-point
wrong line: 50
correction 50: return Var(e, [(self, lambda g: g * e)])
what: x in place of exp(x)
source: https://github.com/karpathy/nn-zero-to-hero/issues/52
said: A reader proposes self.data for out.data in exp's backward function; the answer: the local gradient is
    exp(x), which is out.
"""

import numpy as np

PARAMETERS = ["a", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.uniform(0.5, 1.5, size=3), r.uniform(0.5, 1.5, size=3)]


def loss(a, b):
    c = np.log(a * b + 1)
    d = np.exp(-a) * c
    return np.sum(d * b + d * d)


def right(a, b):
    c, e = np.log(a * b + 1), np.exp(-a)
    dd = b + 2 * e * c
    dc = dd * e
    return dc * b / (a * b + 1) - dd * e * c, dc * a / (a * b + 1) + e * c


class Var:
    def __init__(self, value, parents=()):
        self.value, self.parents, self.adjoint = value, parents, 0.0

    def __add__(self, o):
        return Var(self.value + o.value, [(self, lambda g: g), (o, lambda g: g)])

    def __mul__(self, o):
        return Var(self.value * o.value, [(self, lambda g: g * o.value), (o, lambda g: g * self.value)])

    def __neg__(self):
        return Var(-self.value, [(self, lambda g: -g)])

    def exp(self):
        e = np.exp(self.value)
        return Var(e, [(self, lambda g: g * self.value)])

    def log(self):
        return Var(np.log(self.value), [(self, lambda g: g / self.value)])

    def pull(self, g):
        self.adjoint = self.adjoint + g
        for parent, rule in self.parents:
            parent.pull(rule(g))


def backprop(a, b):
    a, b = Var(a), Var(b)
    c = (a * b + Var(1.0)).log()
    d = (-a).exp() * c
    out = d * b + d * d
    out.pull(np.ones(3))
    return a.adjoint, b.adjoint

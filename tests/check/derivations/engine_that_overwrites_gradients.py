"""A scalar engine whose product assigns its operands' gradients.

expected kind: missing-term or missing-sum
wrong line: 54
correction 54: other.grad += self.data * out.grad
what: a value that is used twice keeps the gradient of one use
source: https://github.com/karpathy/nn-zero-to-hero/issues/52
said: A note in the quoted lecture: in the video = was used by mistake, it has to be +=, since a value may be
    used several times.
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


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self._backward, self._prev = lambda: None, children

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad = self.data * out.grad
        out._backward = _backward
        return out

    def exp(self):
        out = Value(np.exp(self.data), (self,))

        def _backward():
            self.grad += out.data * out.grad
        out._backward = _backward
        return out

    def log(self):
        out = Value(np.log(self.data), (self,))

        def _backward():
            self.grad += out.grad / self.data
        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


def backprop(a, b):
    da, db = [], []
    for x, y in zip(a, b):
        x, y = Value(x), Value(y)
        c = (x * y + Value(1.0)).log()
        d = (x * Value(-1.0)).exp() * c
        (d * y + d * d).backward()
        da.append(x.grad)
        db.append(y.grad)
    return np.array(da), np.array(db)

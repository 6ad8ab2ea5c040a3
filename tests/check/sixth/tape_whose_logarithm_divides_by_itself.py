"""Tape whose logarithm divides by itself.

expected kind: wrong-point
wrong line: 72
correction 72: self.grad += (1 / self.data) * out.grad
what: The derivative of the logarithm is one over its result, in an engine of single numbers
source: https://github.com/karpathy/micrograd/pull/100
said: the backward function inside log is wrong, since the derivative of log x is 1/x; what it was isn't shown
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=3), r.normal(size=(4, 2)), r.integers(0, 3, 4)


def loss(w, b, X, y):
    e = np.exp(X @ w.T + b)
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(4), y]))


def right(w, b, X, y):
    z = X @ w.T + b
    p = np.exp(z - np.log(np.exp(z).sum(1, keepdims=True)))
    p[np.arange(4), y] -= 1
    return p.T @ X / 4, p.sum(0) / 4


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self._prev, self._backward = children, lambda: None

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
            other.grad += self.data * out.grad

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
            self.grad += (1 / out.data) * out.grad

        out._backward = _backward
        return out

    def reciprocal(self):
        out = Value(1 / self.data, (self,))

        def _backward():
            self.grad += -(out.data**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, seen = [], set()

        def build(v):
            if v not in seen:
                seen.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


def backprop(w, b, X, y):
    W = [[Value(w[i, j]) for j in range(2)] for i in range(3)]
    B = [Value(b[i]) for i in range(3)]
    total = Value(0.0)
    for x, label in zip(X, y):
        logits = [W[i][0] * Value(x[0]) + W[i][1] * Value(x[1]) + B[i] for i in range(3)]
        exps = [z.exp() for z in logits]
        denom = exps[0] + exps[1] + exps[2]
        total = total + (exps[label] * denom.reciprocal()).log() * Value(-1 / len(X))
    total.backward()
    return np.array([[v.grad for v in row] for row in W]), np.array([v.grad for v in B])

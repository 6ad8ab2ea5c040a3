"""Unit vector divided by the norm twice.

expected kind: repeated-factor
wrong line: 42
correction 42: return (grad_out - self.out * temp) / self.norm
what: The part along the vector is divided by the norm twice, since the output that stands in it is already of length
    one
source: github.com/zhreshold/mxnet-ssd, issue 48
said: A change is proposed that divides by the norm once more; the answer is that dividing once is right.
"""

import numpy as np

PARAMETERS = ["X"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(4, 3))


def loss(X, A):
    n = np.sqrt(np.sum(X * X, axis=1, keepdims=True))
    return np.mean(np.exp(np.sum(X / n * A, axis=1)))


def right(X, A):
    n = np.linalg.norm(X, axis=1, keepdims=True)
    u = X / n
    g = np.exp((u * A).sum(1, keepdims=True)) / len(X) * A
    return (g - u * (u * g).sum(1, keepdims=True)) / n


class L2Normalization:
    def forward(self, data):
        self.norm = np.sqrt((data**2).sum(axis=1, keepdims=True))
        self.out = data / self.norm
        return self.out

    def backward(self, grad_out):
        temp = (grad_out * self.out).sum(axis=1, keepdims=True)
        return (grad_out - self.out * temp / self.norm) / self.norm


def backprop(X, A):
    layer = L2Normalization()
    u = layer.forward(X)
    grad_out = np.exp((u * A).sum(axis=1, keepdims=True)) * A / X.shape[0]
    return layer.backward(grad_out)

"""The log-softmax layer alone, behind a linear one, with an arbitrary gradient from above.

expected kind: repeated-factor or wrong-activation or unexplained
wrong line: 45 or 46
correction 45: total = np.sum(grad, axis=1, keepdims=True)
correction 46: return grad - np.exp(self.out) * np.sum(grad, axis=1, keepdims=True)
what: the sum in the backward pass is that of the softmax, gradient times output, where log-softmax has the plain sum of the gradient
source: https://github.com/ROCm/MIOpen/issues/112
said: The backward pass of the softmax in its log mode was wrong; the reference that was given instead adds up the gradient from above as it is.
"""
import numpy as np


def loss(x, G, W, b):
    z = x @ W + b
    z = z - np.max(z, axis=1, keepdims=True)
    return np.sum(G * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))))


class LogSoftmaxRight:
    def forward(self, z):
        top = np.max(z, axis=1, keepdims=True)
        self.out = z - top - np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))
        return self.out

    def backward(self, grad):
        total = np.sum(grad, axis=1, keepdims=True)
        return grad - np.exp(self.out) * total


def right(x, G, W, b):
    layer = LogSoftmaxRight()
    layer.forward(x @ W + b)
    dz = layer.backward(G)
    return x.T @ dz, np.sum(dz, axis=0)


class LogSoftmax:
    def forward(self, z):
        top = np.max(z, axis=1, keepdims=True)
        self.out = z - top - np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))
        return self.out

    def backward(self, grad):
        total = np.sum(grad * self.out, axis=1, keepdims=True)
        return grad - np.exp(self.out) * total


def backprop(x, G, W, b):
    layer = LogSoftmax()
    layer.forward(x @ W + b)
    dz = layer.backward(G)
    return x.T @ dz, np.sum(dz, axis=0)


PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=(5, 4)), r.normal(size=(3, 4)), r.normal(size=4)]

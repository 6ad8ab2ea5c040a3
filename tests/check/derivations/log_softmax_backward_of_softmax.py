"""The backward pass of log-softmax subtracts the dot product with its output.

expected kind: wrong-activation or wrong-point
wrong line: 43 or 44
correction 43: dot = np.exp(self.out) * np.sum(grad, axis=1, keepdims=True)
correction 44: return grad - np.exp(self.out) * np.sum(grad, axis=1, keepdims=True)
what: the correction of the softmax's rule, without its factor, is used for log-softmax
source: https://github.com/uxlfoundation/oneDNN/issues/616
said: A reference computes diff_src = diff_dst - (diff_dst . dst); it should be diff_dst - exp(dst) *
    sum(diff_dst).
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4)), r.uniform(size=(5, 3)), r.normal(size=(4, 3))]


def loss(X, T, W):
    z = X @ W
    top = np.max(z, axis=1, keepdims=True)
    out = z - top - np.log(np.sum(np.exp(z - top), axis=1, keepdims=True))
    return -np.sum(T * out)


def right(X, T, W):
    p = np.exp(X @ W)
    p /= p.sum(axis=1, keepdims=True)
    return X.T @ (p * T.sum(axis=1, keepdims=True) - T)


class LogSoftmax:
    def forward(self, x):
        shifted = x - x.max(axis=1, keepdims=True)
        self.out = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return self.out

    def backward(self, grad):
        dot = np.sum(grad * self.out, axis=1, keepdims=True)
        return grad - dot


def backprop(X, T, W):
    layer = LogSoftmax()
    layer.forward(X @ W)
    return X.T @ layer.backward(-T)

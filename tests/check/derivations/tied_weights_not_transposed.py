"""The decoder's share of a tied weight is added without transposing it.

expected kind: transpose
wrong line: 54
correction 54: return encoder.grad_weight + decoder.grad_weight.T
what: the decoder's gradient, which is that of the transposed weight, is added as it is
source: https://github.com/apache/singa/pull/111
said: Training an auto-encoder shows a bug: the decoder uses the transposed weight of the encoder, and the
    code doesn't handle that.
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=(3, 3))]


def loss(x, W):
    return np.sum((np.tanh(x @ W) @ W.T - x) ** 2)


def right(x, W):
    dW = np.zeros_like(W)
    for v in x:
        h = np.tanh(v @ W)
        r = 2 * (W @ h - v)
        dW += np.outer(r, h) + np.outer(v, (r @ W) * (1 - h * h))
    return dW


class InnerProduct:
    def __init__(self, weight):
        self.weight = weight

    def forward(self, src):
        self.src = src
        return src @ self.weight

    def backward(self, grad):
        self.grad_weight = self.src.T @ grad
        return grad @ self.weight.T


def backprop(x, W):
    encoder, decoder = InnerProduct(W), InnerProduct(W.T)
    code = np.tanh(encoder.forward(x))
    output = decoder.forward(code)
    g = decoder.backward(2 * (output - x))
    encoder.backward(g * (1 - code ** 2))
    return encoder.grad_weight + decoder.grad_weight

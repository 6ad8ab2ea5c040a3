"""Jacobian only the diagonal.

expected kind: diagonal-jacobian or missing-term
wrong line: 54
correction 54: jacobian = np.diagflat(self.output) - np.dot(column, column.T)
what: The softmax's Jacobian has its diagonal only, as if it were a sigmoid
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=3), r.normal(size=(5, 4)), r.random((5, 3))


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def loss(W, b, X, Y):
    total = 0
    for x, y in zip(X, Y):
        total = total + np.sum((softmax(np.dot(W, x) + b) - y) ** 2)
    return total


def softmax_backward(grad_output, s):
    dot_product = np.sum(grad_output * s, axis=1, keepdims=True)
    return s * (grad_output - dot_product)


def right(W, b, X, Y):
    z = X @ W.T + b
    e = np.exp(z)
    s = e / e.sum(axis=1, keepdims=True)
    delta = softmax_backward(2 * (s - Y), s)
    return {"W": delta.T @ X, "b": delta.sum(axis=0)}


class SoftmaxLayer:
    def forward(self, z):
        self.output = softmax(z)
        return self.output

    def backward(self, output_gradient):
        n = np.size(self.output)
        column = self.output.reshape(n, 1)
        jacobian = np.diagflat(self.output * (1 - self.output))
        return np.dot(jacobian, output_gradient)


def backprop(W, b, X, Y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    layer = SoftmaxLayer()
    for x, y in zip(X, Y):
        p = layer.forward(W.dot(x) + b)
        dz = layer.backward(2 * (p - y))
        dW += np.outer(dz, x)
        db += dz
    return dW, db

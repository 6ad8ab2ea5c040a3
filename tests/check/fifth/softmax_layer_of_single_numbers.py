"""Softmax layer of single numbers.

expected kind: diagonal-jacobian
wrong line: 45
correction 45: self.dinputs[index] = out * (dval - np.dot(out, dval))
what: A softmax inside the network is led back as if each of its outputs had one input
source: https://github.com/deeplearning4j/libnd4j/issues/440
said: only output times one minus output is implemented, which is the diagonal; the sum over the others is missing
"""

import numpy as np

PARAMETERS = ["W", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 2)), r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(W, V, X, Y):
    e = np.exp(X @ W)
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.mean((p @ V - Y) ** 2)


def right(W, V, X, Y):
    e = np.exp(X @ W)
    p = e / e.sum(1, keepdims=True)
    d = 2 * (p @ V - Y) / Y.size
    g = d @ V.T
    return X.T @ (p * (g - (g * p).sum(1, keepdims=True))), p.T @ d


class Softmax:
    def forward(self, inputs):
        exp_values = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exp_values / np.sum(exp_values, axis=1, keepdims=True)
        return self.output

    def backward(self, dvalues):
        self.dinputs = np.empty_like(dvalues)
        for index, (out, dval) in enumerate(zip(self.output, dvalues)):
            derivative = out * (1 - out)
            self.dinputs[index] = derivative * dval
        return self.dinputs


def backprop(W, V, X, Y):
    activation = Softmax()
    p = activation.forward(np.dot(X, W))
    out = np.dot(p, V)
    dout = 2 * (out - Y) / out.size
    dV = np.dot(p.T, dout)
    dz = activation.backward(np.dot(dout, V.T))
    return np.dot(X.T, dz), dV

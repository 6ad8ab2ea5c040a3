"""Dropout of what is kept only the scale.

expected kind: missing-factor or wrong-mask
wrong line: 73
correction 73: return dout * mask / KEEP
what: On the way back through the dropout there is its scale, but not its mask
source: https://github.com/ddbourgin/numpy-ml/issues/94
said: going back divides by the probability but doesn't apply the mask that going forward used
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
KEEP = 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 5)), r.normal(size=5)
    fixed = np.random.default_rng(7)
    D1, D2 = fixed.uniform(size=(8, 5)) < KEEP, fixed.uniform(size=(8, 5)) < KEEP
    return W1, b1, W2, b2, r.normal(size=(5, 2)), r.normal(size=2), r.normal(size=(8, 3)), r.normal(size=(8, 2)), D1, D2


def loss(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    A1 = np.maximum(X @ W1 + b1, 0) * D1 / KEEP
    A2 = np.maximum(A1 @ W2 + b2, 0) * D2 / KEEP
    return np.sum((A2 @ W3 + b3 - Y) ** 2) / (2 * len(X))


class Layer:
    def __init__(self, W, b, drop=None):
        self.W, self.b, self.drop = W, b, drop

    def __call__(self, x):
        self.x = x
        self.z = x.dot(self.W) + self.b
        if self.drop is None:
            return self.z
        return self.z * (self.z > 0) * self.drop / KEEP


def right(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    layers = [Layer(W1, b1, D1), Layer(W2, b2, D2), Layer(W3, b3)]
    out = X
    for layer in layers:
        out = layer(out)
    delta = (out - Y) / len(X)
    grads = []
    for l in range(len(layers) - 1, -1, -1):
        layer = layers[l]
        grads += [delta.sum(axis=0), layer.x.T.dot(delta)]
        if l:
            below = layers[l - 1]
            delta = delta.dot(layer.W.T)
            delta *= below.z > 0
            delta *= below.drop / KEEP
    return tuple(grads[::-1])


def dense_backward(dout, cache):
    x, W = cache
    return np.dot(dout, W.T), np.dot(x.T, dout), np.sum(dout, axis=0)


def relu_backward(dout, z):
    dz = np.array(dout, copy=True)
    dz[z <= 0] = 0
    return dz


def dropout_backward(dout, mask):
    return dout / KEEP


def backprop(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    m = X.shape[0]
    Z1 = np.dot(X, W1) + b1
    A1 = np.maximum(0, Z1) * D1 / KEEP
    Z2 = np.dot(A1, W2) + b2
    A2 = np.maximum(0, Z2) * D2 / KEEP
    Z3 = np.dot(A2, W3) + b3
    dZ3 = (Z3 - Y) / m
    dA2, dW3, db3 = dense_backward(dZ3, (A2, W3))
    dZ2 = relu_backward(dropout_backward(dA2, D2), Z2)
    dA1, dW2, db2 = dense_backward(dZ2, (A1, W2))
    dZ1 = relu_backward(dropout_backward(dA1, D1), Z1)
    _, dW1, db1 = dense_backward(dZ1, (X, W1))
    return dW1, db1, dW2, db2, dW3, db3

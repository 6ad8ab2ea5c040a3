"""Weights normalised in the forward pass only.

expected kind: missing-factor or detached
wrong line: 50 or 51
correction 50: diff = (top_diff.T @ self.bottom - np.sum(top_diff.T @ self.bottom * self.blob, axis=1, keepdims=True) * self.blob) / self.norms[:, None]
correction 51: return (diff - np.sum(diff * self.blob, axis=1, keepdims=True) * self.blob) / self.norms[:, None]
what: The class weights are brought to length one on the way forward, and the gradient is that of the unit vectors
source: https://github.com/wy1iu/sphereface/issues/2
said: the weight is normalised by overwriting it, and its gradient is that of a plain inner product
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 2 * r.normal(size=(3, 4)), r.normal(size=(7, 4)), r.integers(0, 3, 7)


def loss(W, X, y):
    unit = W / np.sqrt(np.sum(W * W, axis=1, keepdims=True))
    z = X @ unit.T
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(7), y])


def right(W, X, y):
    n = np.linalg.norm(W, axis=1)
    U = W / n[:, None]
    p = np.exp(X @ U.T)
    p = p / p.sum(1, keepdims=True) - np.eye(3)[y]
    g = p.T @ X / 7
    return np.array([(np.eye(4) - np.outer(u, u)) @ row / length for u, row, length in zip(U, g, n)])


class MarginInnerProduct:
    def __init__(self, weight):
        self.blob = weight.copy()

    def forward(self, bottom):
        self.bottom = bottom
        self.norms = np.zeros(len(self.blob))
        for i in range(len(self.blob)):
            self.norms[i] = np.sqrt(np.dot(self.blob[i], self.blob[i]))
            self.blob[i] /= self.norms[i]
        return bottom @ self.blob.T

    def backward(self, top_diff):
        diff = top_diff.T @ self.bottom
        return diff


def backprop(W, X, y):
    layer = MarginInnerProduct(W)
    scores = layer.forward(X)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    top_diff = e / e.sum(axis=1, keepdims=True)
    top_diff[np.arange(len(y)), y] -= 1
    return layer.backward(top_diff / len(y))

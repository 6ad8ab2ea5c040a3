"""Margin that forgets what comes from above.

expected kind: missing-factor
wrong line: 61 or 62
correction 61: coffe = bottom_diff[i, gt] * (np.cos(self.m) + np.sin(self.m) * self.cos[i, gt] / self.sin[i, gt])
correction 62: bottom_diff[i, gt] = coffe * bottom_diff[i, gt]
what: At the true class the derivative of the angular margin is written over the gradient, not multiplied with it
source: https://github.com/xialuxi/arcface-caffe/issues/19
said: bottom_diff at the label has to be multiplied by (cos m + sin m * cos theta / sin theta), it was set to it
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(6, 4))
    return r.normal(size=(4, 3)), X / np.linalg.norm(X, axis=1, keepdims=True), r.integers(0, 3, 6)


def loss(W, X, y):
    cos = X @ W / np.sqrt(np.sum(W * W, axis=0))
    hot = np.eye(3)[y]
    z = 4 * (cos * (1 - hot) + hot * (cos * np.cos(0.3) - np.sqrt(1 - cos * cos) * np.sin(0.3)))
    return np.sum(np.log(np.sum(np.exp(z), axis=1)) - np.sum(z * hot, axis=1))


def right(W, X, y):
    n = np.linalg.norm(W, axis=0)
    c = X @ W / n
    rows = np.arange(6)
    theta = np.arccos(c[rows, y])
    z = 4 * c
    z[rows, y] = 4 * np.cos(theta + 0.3)
    p = np.exp(z)
    p = p / p.sum(1, keepdims=True)
    p[rows, y] -= 1
    dc = 4 * p
    dc[rows, y] *= np.sin(theta + 0.3) / np.sin(theta)
    g = X.T @ dc
    U = W / n
    return (g - U * (g * U).sum(0)) / n


class CosinAddm:
    m, scale = 0.3, 4.0

    def forward(self, cos, label):
        self.cos, self.label = cos, label
        self.sin = np.sqrt(1 - cos**2)
        top = cos.copy()
        for i, gt in enumerate(label):
            top[i, gt] = cos[i, gt] * np.cos(self.m) - self.sin[i, gt] * np.sin(self.m)
        return self.scale * top

    def backward(self, top_diff):
        bottom_diff = self.scale * top_diff
        for i, gt in enumerate(self.label):
            coffe = np.cos(self.m) + np.sin(self.m) * self.cos[i, gt] / self.sin[i, gt]
            bottom_diff[i, gt] = coffe
        return bottom_diff


def backprop(W, X, y):
    norm = np.linalg.norm(W, axis=0, keepdims=True)
    Wn = W / norm
    layer = CosinAddm()
    out = layer.forward(X @ Wn, y)
    prob = np.exp(out - out.max(1, keepdims=True))
    prob /= prob.sum(1, keepdims=True)
    prob[range(len(y)), y] -= 1
    dWn = X.T @ layer.backward(prob)
    return (dWn - Wn * np.sum(dWn * Wn, axis=0, keepdims=True)) / norm

"""Icicle chance of the true roof left out for the others.

expected kind: missing-factor
wrong line: 83
correction 83: dz = -slope * p[y] * p[c]
what: In the slope for the classes that aren't the true one the chance of the true one is missing
source: https://github.com/unsky/focal-loss/issues/1
said: the derivative of the focal loss was wrong for the classes other than the true one, by a mistake in that of the softmax
"""

import numpy as np

PARAMETERS = ["W", "b"]
GAMMA, L1, L2 = 2.0, 0.1, 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight icicles, three measurements, four kinds of roof
    W, b = 0.9 * r.normal(size=(3, 4)), 0.4 * r.normal(size=4)
    return W + 0.2 * np.sign(W), b, r.normal(size=(8, 3)), r.integers(0, 4, size=8)


def loss(W, b, icicles, roof):
    z = icicles @ W + b
    log_p = z[np.arange(len(z)), roof] - np.log(np.sum(np.exp(z), axis=1))
    focal = -((1 - np.exp(log_p)) ** GAMMA) * log_p
    return np.mean(focal) + L1 * np.sum(np.abs(W)) + L2 / 2 * np.sum(W**2)


class FocalRegression:
    def __init__(self, W, b):
        self.W, self.b, self.grads = W, b, {}

    def forward(self, X):
        self.X = X
        z = X @ self.W + self.b
        z = z - z.max(axis=1, keepdims=True)
        self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        return self.p

    def backward(self, y):
        onehot = np.eye(self.p.shape[1])[y]
        pt = (self.p * onehot).sum(axis=1, keepdims=True)
        weight = (1 - pt) ** GAMMA - GAMMA * pt * (1 - pt) ** (GAMMA - 1) * np.log(pt)
        dz = weight * (self.p - onehot) / len(y)
        self.grads["W"] = self.X.T @ dz
        self.grads["b"] = dz.sum(axis=0)
        self.penalize()

    def penalize(self):
        self.grads["W"] += L2 * self.W
        self.grads["W"] += L1 * np.sign(self.W)


def right(W, b, icicles, roof):
    model = FocalRegression(W, b)
    model.forward(icicles)
    model.backward(roof)
    return model.grads


def softmax(z):
    e = [np.exp(value - max(z)) for value in z]
    return [value / sum(e) for value in e]


def focal_slope(p):
    """How the focal loss changes with the chance of the true class."""
    return GAMMA * (1 - p) ** (GAMMA - 1) * np.log(p) - (1 - p) ** GAMMA / p


def backprop(W, b, icicles, roof):
    n, (rows, classes) = len(icicles), W.shape
    dW, db = np.zeros((rows, classes)), np.zeros(classes)
    for x, y in zip(icicles, roof):
        p = softmax([sum(x[i] * W[i, c] for i in range(rows)) + b[c] for c in range(classes)])
        slope = focal_slope(p[y]) / n
        for c in range(classes):
            if c == y:
                dz = slope * p[y] * (1 - p[y])
            else:
                dz = -slope * p[c]
            for i in range(rows):
                dW[i, c] += x[i] * dz
            db[c] += dz
    for i in range(rows):
        for c in range(classes):
            dW[i, c] += L2 * W[i, c] + (L1 if W[i, c] > 0 else -L1)
    return dW, db

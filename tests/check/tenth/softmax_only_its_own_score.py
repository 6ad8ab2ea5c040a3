"""Softmax only its own score.

expected kind: diagonal-jacobian
wrong line: 62
correction 62: return p * (accum - np.sum(accum * p, axis=-1, keepdims=True))
what: The derivative of softmax is p(1 - p), without the other scores
source: https://github.com/eriklindernoren/ML-From-Scratch/issues/71
said: the gradient of the class Softmax may be another one than is returned
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, X = (r.normal(size=s) for s in [(3, 5), 5, (5, 4), 4, (7, 3)])
    return W1, b1, W2, b2, X, np.eye(4)[[3, 0, 1, 1, 2, 0, 3]]


def softmax(z):
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def loss(W1, b1, W2, b2, X, T):
    hidden = np.maximum(X @ W1 + b1, 0)
    probs = softmax(hidden @ W2 + b2)
    return -np.sum(T * np.log(probs)) / len(T)


def forward(X, params):
    z1 = np.dot(X, params["W1"]) + params["b1"]
    h = z1.copy()
    h[h < 0] = 0
    p = softmax(np.dot(h, params["W2"]) + params["b2"])
    return p, (X, z1, h)


def right(W1, b1, W2, b2, X, T):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    p, (X, z1, h) = forward(X, params)
    grads = {}
    dscores = p - T
    dscores /= X.shape[0]
    grads["W2"] = np.dot(h.T, dscores)
    grads["b2"] = dscores.sum(axis=0)
    dh = np.dot(dscores, params["W2"].T)
    dh[z1 <= 0] = 0
    grads["W1"] = np.dot(X.T, dh)
    grads["b1"] = dh.sum(axis=0)
    return grads


class Softmax:
    def __call__(self, x):
        return softmax(x)

    def gradient(self, x, accum):
        p = self(x)
        return accum * p * (1 - p)


class Rectifier:
    def __call__(self, x):
        return np.where(x >= 0, x, 0)

    def gradient(self, x, accum):
        return accum * np.where(x >= 0, 1, 0)


class CrossEntropy:
    def gradient(self, y, p):
        return -(y / p) / y.shape[0]


def backprop(W1, b1, W2, b2, X, T):
    rectifier, output = Rectifier(), Softmax()
    z1 = X @ W1 + b1
    a1 = rectifier(z1)
    z2 = a1 @ W2 + b2
    accum = CrossEntropy().gradient(T, output(z2))
    accum = output.gradient(z2, accum)
    gW2, gb2 = a1.T @ accum, np.sum(accum, axis=0)
    accum = accum @ W2.T
    accum = rectifier.gradient(z1, accum)
    gW1, gb1 = X.T @ accum, np.sum(accum, axis=0)
    return gW1, gb1, gW2, gb2

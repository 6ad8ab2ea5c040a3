"""Logistic classes share one sum.

expected kind: wrong-axis or wrong-shape
wrong line: 62
correction 62: self.db += -np.sum(err, axis=0) / n
what: The biases' errors are summed over the classes too, so that each gets the same
source: https://github.com/rasbt/stat453-deep-learning-ss21/issues/5
said: it computes one sum over all biases, which is then broadcast to all of them
"""

import numpy as np

PARAMETERS = ["w", "b"]
LAMBDA = 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    w, b, x = (r.normal(size=s) for s in [(4, 3), 3, (6, 4)])
    return w, b, x, np.array([0, 2, 1, 1, 2, 0])


def loss(w, b, x, y):
    s = x @ w + b
    log_z = np.log(np.sum(np.exp(s), axis=1))
    return np.mean(log_z - np.sum(s * np.eye(3)[y], axis=1)) + LAMBDA * np.sum(w * w)


def right(w, b, x, y):
    params = {"w": w, "b": b}
    grads = {key: np.zeros_like(value) for key, value in params.items()}
    for xi, yi in zip(x, y):
        scores = xi @ params["w"] + params["b"]
        scores -= np.max(scores)
        p = np.exp(scores) / np.sum(np.exp(scores))
        p[yi] -= 1
        grads["w"] += np.outer(xi, p)
        grads["b"] += p
    for key in grads:
        grads[key] /= len(x)
    grads["w"] += 2 * LAMBDA * params["w"]
    return grads


class SoftmaxRegression:
    def __init__(self, w, b):
        self.w, self.b = w, b
        self.dw, self.db = np.zeros_like(w), np.zeros_like(b)

    def forward(self, x):
        logits = x.dot(self.w) + self.b
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(self, x, y, probas):
        n = x.shape[0]
        onehot = np.zeros_like(probas)
        onehot[np.arange(n), y] = 1
        err = onehot - probas
        self.dw += -np.dot(x.T, err) / n
        self.dw += 2 * LAMBDA * self.w
        self.db += -np.sum(err) / n


def backprop(w, b, x, y):
    model = SoftmaxRegression(w, b)
    probas = model.forward(x)
    model.backward(x, y, probas)
    return model.dw, model.db

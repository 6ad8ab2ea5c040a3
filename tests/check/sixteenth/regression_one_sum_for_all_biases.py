"""Regression one sum for all biases.

expected kind: wrong-axis or wrong-shape or missing-sum
wrong line: 58 or 59
correction 58: grad_b = -np.sum(error, axis=0)
correction 59: return grad_w, -np.sum(error, axis=0)
what: The errors are summed over all classes too, so that there is one number for all biases
source: https://github.com/rasbt/stat453-deep-learning-ss21/issues/5
said: it computes a single sum over all biases, which goes to every one of them later
"""

import numpy as np

PARAMETERS = ["W", "b"]
LAM, TEMPERATURE = 0.05, 2.5


def data(seed=0):
    r = np.random.default_rng(seed)
    labels = np.array([0, 2, 1, 1, 0, 2, 2])
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(7, 4)), np.eye(3)[labels]


def loss(W, b, X, Y):
    z = (X @ W + b) / TEMPERATURE
    logp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(np.sum(Y * logp, axis=1)) + LAM * np.sum(W**2)


def right(W, b, X, Y):
    N, C = Y.shape
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, t in zip(X, Y):
        s = (x @ W + b) / TEMPERATURE
        p = np.exp(s) / np.exp(s).sum()
        for k in range(C):
            d = (p[k] - t[k]) / TEMPERATURE
            dW[:, k] += d * x
            db[k] += d
    dW /= N
    db /= N
    dW += 2 * LAM * W
    return dW, db


class SoftmaxRegression:
    def __init__(self, W, b):
        self.weight, self.bias = W, b

    def forward(self, X):
        logits = (np.dot(X, self.weight) + self.bias) / TEMPERATURE
        e = np.exp(logits - np.max(logits, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)

    def backward(self, X, Y, probas):
        error = (Y - probas) / (len(Y) * TEMPERATURE)
        grad_w = -np.dot(X.T, error) + 2 * LAM * self.weight
        grad_b = -np.sum(error)
        return grad_w, grad_b


def backprop(W, b, X, Y):
    model = SoftmaxRegression(W, b)
    probas = model.forward(X)
    return model.backward(X, Y, probas)

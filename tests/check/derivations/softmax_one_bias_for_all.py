"""Softmax regression in which all biases get the same gradient.

expected kind: wrong-axis
wrong line: 53
correction 53: grad_loss_wrt_b = -np.sum(y - probas, axis=0) / y.shape[0]
what: the bias gradient is summed over rows and classes
source: https://github.com/rasbt/stat453-deep-learning-ss21/issues/5
said: After training all bias terms are equal: the sum in backward goes over the classes too, and is then
    broadcast.
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 3)), r.integers(4, size=7), r.normal(size=(3, 4)), r.normal(size=4)]


def loss(X, y, W, b):
    z = X @ W + b
    z = z - np.max(z, axis=1, keepdims=True)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(7), y]))


def right(X, y, W, b):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for xi, yi in zip(X, y):
        s = np.exp(xi @ W + b)
        s = s / s.sum()
        s[yi] -= 1
        dW += np.outer(xi, s) / len(X)
        db += s / len(X)
    return dW, db


class SoftmaxRegression:
    def __init__(self, num_features, num_classes):
        self.weights = np.zeros((num_features, num_classes))
        self.bias = np.zeros(num_classes)

    def forward(self, x):
        logits = x @ self.weights + self.bias
        logits = logits - logits.max(axis=1, keepdims=True)
        return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    def backward(self, x, y, probas):
        grad_loss_wrt_w = -(x.T @ (y - probas)) / y.shape[0]
        ones = np.ones_like(self.bias)
        grad_loss_wrt_b = -np.sum(y - probas) * ones / y.shape[0]
        return grad_loss_wrt_w, grad_loss_wrt_b


def backprop(X, y, W, b):
    model = SoftmaxRegression(X.shape[1], W.shape[1])
    model.weights, model.bias = W, b
    one_hot = np.zeros((len(y), W.shape[1]))
    one_hot[np.arange(len(y)), y] = 1
    return model.backward(X, one_hot, model.forward(X))

"""Pooling relu of the gradient.

expected kind: wrong-mask or wrong-point or wrong-activation
wrong line: 67
correction 67: l1 = step(z1) * (W2.T @ err)
what: The gradient itself goes through the rectifier, where that of the rectifier at its input belongs
source: https://community.deeplearning.ai/t/incorrect-backprop-equations-nlp-course-2-week-4/303955
said: backpropagation through the rectifier should give its derivative, not the rectifier
"""

import numpy as np

PARAMETERS = ["W1", "W2", "b1", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    contexts = r.integers(0, 5, size=(6, 4))
    x = np.mean(np.eye(5)[contexts], axis=1).T
    y = np.eye(5)[r.integers(0, 5, size=6)].T
    return (x, y, *(r.normal(size=s) for s in [(3, 5), (5, 3), (3, 1), (5, 1)]))


def loss(x, y, W1, W2, b1, b2):
    h = np.maximum(0, np.dot(W1, x) + b1)
    z = np.dot(W2, h) + b2
    yhat = np.exp(z) / np.sum(np.exp(z), axis=0)
    return -np.sum(np.log(yhat) * y) / x.shape[1]


def forward_prop(x, W1, W2, b1, b2):
    h = np.dot(W1, x) + b1
    h = np.maximum(0, h)
    z = np.dot(W2, h) + b2
    return z, h


def softmax(z):
    return np.exp(z) / np.sum(np.exp(z), axis=0)


def back_prop(x, yhat, y, h, W1, W2, b1, b2, batch_size):
    l1 = np.dot(W2.T, yhat - y)
    l1[h <= 0] = 0
    grad_W1 = (1 / batch_size) * np.dot(l1, x.T)
    grad_W2 = (1 / batch_size) * np.dot(yhat - y, h.T)
    grad_b1 = (1 / batch_size) * np.sum(l1, axis=1, keepdims=True)
    grad_b2 = (1 / batch_size) * np.sum(yhat - y, axis=1, keepdims=True)
    return grad_W1, grad_W2, grad_b1, grad_b2


def right(x, y, W1, W2, b1, b2):
    z, h = forward_prop(x, W1, W2, b1, b2)
    return back_prop(x, softmax(z), y, h, W1, W2, b1, b2, x.shape[1])


relu = lambda v: np.maximum(v, 0)
step = lambda v: (v > 0).astype(float)


def backprop(x, y, W1, W2, b1, b2):
    m = x.shape[1]
    z1 = W1 @ x + b1
    h = relu(z1)
    e = np.exp(W2 @ h + b2)
    err = e / e.sum(0) - y
    l1 = relu(W2.T @ err)
    one = np.ones((m, 1))
    return {"W1": l1 @ x.T / m, "W2": err @ h.T / m, "b1": l1 @ one / m, "b2": err @ one / m}

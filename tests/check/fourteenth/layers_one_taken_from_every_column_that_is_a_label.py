"""Layers one taken from every column that is a label.

expected kind: wrong-mask or repeated-term or wrong-axis
wrong line: 81
correction 81: dscores[np.arange(num), y] -= 1
what: All rows lose one in each column that is the label of any of them
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
REG = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (1, 4), (4, 4), (1, 4), (4, 4), (1, 4), (7, 3)]
    return *(r.normal(size=s) for s in shapes), np.array([3, 0, 1, 2, 2, 1, 3])


def loss(W1, b1, W2, b2, W3, b3, X, y):
    h = np.tanh(X @ W1 + b1)
    h = np.tanh(h @ W2 + b2)
    scores = h @ W3 + b3
    nll = np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(y)), y]
    return np.sum(nll) + 0.5 * REG * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


class Linear:
    def __init__(self, W, b, reg=REG):
        self.W, self.b, self.reg = W, b, reg

    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, grad):
        self.dW = self.x.T.dot(grad) + self.reg * self.W
        self.db = grad.sum(axis=0, keepdims=True)
        return grad.dot(self.W.T)


class Tanh:
    def forward(self, z):
        self.z = z
        return np.tanh(z)

    def backward(self, grad):
        return grad * (1 - np.square(np.tanh(self.z)))


def cross_entropy_grad(scores, y):
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    probs[range(len(y)), y] -= 1
    return probs


def right(W1, b1, W2, b2, W3, b3, X, y):
    model = [Linear(W1, b1), Tanh(), Linear(W2, b2), Tanh(), Linear(W3, b3)]
    out = X
    for layer in model:
        out = layer.forward(out)
    grad = cross_entropy_grad(out, y)
    for layer in reversed(model):
        grad = layer.backward(grad)
    first, second, third = model[0], model[2], model[4]
    return first.dW, first.db, second.dW, second.db, third.dW, third.db


def backprop(W1, b1, W2, b2, W3, b3, X, y):
    num = X.shape[0]
    h1 = np.tanh(X @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    scores = h2 @ W3 + b3
    probs = np.exp(scores)
    probs /= probs.sum(axis=1, keepdims=True)
    # backward
    dscores = probs
    dscores[:, y] -= 1
    grads = {}
    grads["W3"] = np.dot(h2.T, dscores)
    grads["b3"] = np.sum(dscores, axis=0, keepdims=True)
    dh2 = np.dot(dscores, W3.T) * (1 - h2 * h2)
    grads["W2"] = np.dot(h1.T, dh2)
    grads["b2"] = np.sum(dh2, axis=0, keepdims=True)
    dh1 = np.dot(dh2, W2.T) * (1 - h1 * h1)
    grads["W1"] = np.dot(X.T, dh1)
    grads["b1"] = np.sum(dh1, axis=0, keepdims=True)
    # the penalty
    for name, W in (("W1", W1), ("W2", W2), ("W3", W3)):
        grads[name] += REG * W
    return grads

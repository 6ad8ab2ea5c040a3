"""Combined bakery hidden weights shared among the neurons and biases decay too.

expected kind: mean-for-sum + repeated-term
wrong line: 118 and 123
correction 118: grads["W1"] += np.outer(x, delta)
correction 123: for name, value in (("W1", W1), ("W2", W2)):
what: The gradient of the hidden weights is divided by the number of neurons; the biases get the decay of the weights, which the loss doesn't have for them
source: https://github.com/eriklindernoren/ML-From-Scratch/issues/76 and https://github.com/tensorflow/benchmarks/issues/191
said: asked whether the gradient of a dense layer's weights isn't to be divided by its number of neurons; of another one: the biases are decayed with the weights, which was not intended
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
KEEP, DECAY = 0.7, 0.08


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1 = 0.7 * r.normal(size=(4, 6)), 0.3 * r.normal(size=6)
    W2, b2 = 0.7 * r.normal(size=(6, 3)), 0.3 * r.normal(size=3)
    loaves = r.normal(size=(5, 4))
    kept = [[1, 1, 0, 1, 1, 1], [1, 0, 1, 1, 1, 0], [0, 1, 1, 1, 0, 1], [1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 0, 1]]
    return W1, b1, W2, b2, loaves, np.array([0, 2, 1, 2, 0]), np.array(kept)


def loss(W1, b1, W2, b2, loaves, grades, kept):
    h = np.maximum(loaves @ W1 + b1, 0) * kept / KEEP
    s = h @ W2 + b2
    s = s - np.max(s, axis=1, keepdims=True)
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    fit = -np.mean(logp[np.arange(len(grades)), grades])
    return fit + DECAY / 2 * (np.sum(W1**2) + np.sum(W2**2))


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout + DECAY * self.W
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Relu:
    def forward(self, x):
        self.off = x <= 0
        return np.where(self.off, 0, x)

    def backward(self, dout):
        return np.where(self.off, 0, dout)


class Dropout:
    def __init__(self, mask):
        self.mask = mask / KEEP

    def forward(self, x):
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)

    def backward(self):
        n = len(self.t)
        dx = self.y.copy()
        dx[np.arange(n), self.t] -= 1
        return dx / n


def right(W1, b1, W2, b2, loaves, grades, kept):
    first, second = Affine(W1, b1), Affine(W2, b2)
    layers = [first, Relu(), Dropout(kept), second]
    last = SoftmaxWithLoss()
    x = loaves
    for layer in layers:
        x = layer.forward(x)
    last.forward(x, grades)
    dout = last.backward()
    for layer in layers[::-1]:
        dout = layer.backward(dout)
    return first.dW, first.db, second.dW, second.db


def softmax(v):
    e = np.exp(v - max(v))
    return e / sum(e)


def one_loaf(x, grade, mask, W1, b1, W2, b2):
    """Errors of the output and of the hidden layer, and what the hidden layer said."""
    z = b1 + x.dot(W1)
    h = z * (z > 0) * mask / KEEP
    error = softmax(b2 + h.dot(W2))
    error[grade] -= 1
    delta = W2.dot(error) * mask / KEEP * (z > 0)
    return error, delta, h


def backprop(W1, b1, W2, b2, loaves, grades, kept):
    grads = {"W1": np.zeros_like(W1), "b1": np.zeros_like(b1), "W2": np.zeros_like(W2), "b2": np.zeros_like(b2)}
    for x, grade, mask in zip(loaves, grades, kept):
        error, delta, h = one_loaf(x, grade, mask, W1, b1, W2, b2)
        grads["W2"] += np.outer(h, error)
        grads["b2"] += error
        grads["W1"] += np.outer(x, delta) / len(delta)
        grads["b1"] += delta
    for name in grads:
        grads[name] /= len(loaves)
    # and the decay
    for name, value in (("W1", W1), ("b1", b1), ("W2", W2), ("b2", b2)):
        grads[name] += DECAY * value
    return grads

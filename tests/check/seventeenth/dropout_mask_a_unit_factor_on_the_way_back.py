"""Dropout mask a unit factor on the way back.

expected kind: missing-factor
wrong line: 59
correction 59: return grad * self.mask / self.keep
what: On the way back dropout is left out, as if it were a factor of one
source: https://github.com/fff-rs/juice/issues/11
said: thought to be a unit factor that can be skipped; it has to go back on the thinned network only
"""

import numpy as np

KEEP = 0.6
PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    mask = np.random.default_rng(7).uniform(size=(6, 8)) < KEEP
    return r.normal(size=(4, 8)), r.normal(size=8), r.normal(size=(8, 3)), r.normal(size=3), r.normal(size=(6, 4)), np.array([1, 0, 2, 2, 0, 1]), mask


def loss(W1, b1, W2, b2, X, y, mask):
    h = np.maximum(X @ W1 + b1, 0) * mask / KEEP
    s = h @ W2 + b2
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def right(W1, b1, W2, b2, X, y, mask):
    grads = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    n = len(X)
    for i in range(n):  # one example of the minibatch after the other
        hidden = np.maximum(W1.T.dot(X[i]) + b1, 0)
        dropped = hidden * mask[i] / KEEP
        logits = W2.T.dot(dropped) + b2
        logits -= logits.max()
        dlogits = np.exp(logits) / np.sum(np.exp(logits))
        dlogits[y[i]] -= 1.0
        dlogits = dlogits / n
        grads[2] += np.outer(dropped, dlogits)
        grads[3] += dlogits
        dhidden = W2.dot(dlogits)
        dhidden *= mask[i] / KEEP
        dhidden *= hidden > 0
        grads[0] += np.outer(X[i], dhidden)
        grads[1] += dhidden
    return grads


class Dropout:
    def __init__(self, keep, mask):
        self.keep, self.mask = keep, mask

    def forward(self, x):
        self.x = x
        return x * self.mask / self.keep

    def backward(self, grad):
        return grad


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, grad):
        return grad * (self.x > 0)


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, grad):
        self.dW = np.dot(self.x.T, grad)
        self.db = grad.sum(axis=0)
        return np.dot(grad, self.W.T)


def backprop(W1, b1, W2, b2, X, y, mask):
    layers = [Linear(W1, b1), ReLU(), Dropout(KEEP, mask), Linear(W2, b2)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    grad[range(len(y)), y] -= 1
    grad /= len(y)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dW, layers[0].db, layers[3].dW, layers[3].db

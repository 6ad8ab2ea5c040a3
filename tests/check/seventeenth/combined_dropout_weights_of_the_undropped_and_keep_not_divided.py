"""Combined dropout weights of the undropped and keep not divided.

expected kind: wrong-point or stale-value or missing-factor + missing-factor or scale
wrong line: 91 and 94 or 93 or 95
correction 91: grads[2] += np.outer(dropped, dlogits)
correction 93: dhidden = W2.dot(dlogits) / KEEP
correction 94: dhidden *= mask[i] / KEEP
correction 95: dhidden *= (hidden > 0) / KEEP
what: The second weights meet what was there before dropout; the scale of what is kept is forgotten
source: usual
said: a usual mistake, made up by the author
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


class Dropout:
    def __init__(self, keep, mask):
        self.keep, self.mask = keep, mask

    def forward(self, x):
        self.x = x
        return x * self.mask / self.keep

    def backward(self, grad):
        return grad * self.mask / self.keep


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


def right(W1, b1, W2, b2, X, y, mask):
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


def backprop(W1, b1, W2, b2, X, y, mask):
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
        grads[2] += np.outer(hidden, dlogits)
        grads[3] += dlogits
        dhidden = W2.dot(dlogits)
        dhidden *= mask[i]
        dhidden *= hidden > 0
        grads[0] += np.outer(X[i], dhidden)
        grads[1] += dhidden
    return grads

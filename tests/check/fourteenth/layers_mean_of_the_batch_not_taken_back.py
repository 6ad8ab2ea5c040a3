"""Layers mean of the batch not taken back.

expected kind: sum-for-mean or scale
wrong line: 92
correction 92: return dx * dout / batch_size
what: The loss is a mean over the batch; backwards nothing is divided by its size
source: https://github.com/tensorflow/swift-apis/pull/42
said: the derivative of softmax with cross-entropy has to account for the call of mean
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, x = (r.normal(size=s) for s in [(4, 6), (6,), (6, 3), (3,), (8, 4)])
    return W1, b1, W2, b2, x, np.array([2, 0, 1, 1, 2, 0, 0, 1])


def loss(W1, b1, W2, b2, x, t):
    hidden = np.maximum(0, np.dot(x, W1) + b1)
    scores = np.dot(hidden, W2) + b2
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.sum(log_probs[np.arange(len(t)), t]) / len(t)


def softmax(z):
    e = np.exp(z - np.max(z))
    return e / np.sum(e)


def right(W1, b1, W2, b2, x, t):
    n = len(x)
    grads = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    gW1, gb1, gW2, gb2 = grads
    for xi, label in zip(x, t):
        z1 = xi @ W1 + b1
        h = z1 * (z1 > 0)
        p = softmax(h @ W2 + b2)
        dp = np.zeros_like(p)
        dp[label] = -1 / p[label] / n
        jacobian = np.diag(p) - np.outer(p, p)
        dz2 = jacobian @ dp
        dz1 = (W2 @ dz2) * (z1 > 0)
        gW2 += np.outer(h, dz2)
        gb2 += dz2
        gW1 += np.outer(xi, dz1)
        gb1 += dz1
    return tuple(grads)


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)

    def backward(self, dout=1):
        batch_size = self.t.shape[0]
        dx = self.y.copy()
        dx[np.arange(batch_size), self.t] -= 1
        return dx * dout


def backprop(W1, b1, W2, b2, x, t):
    layers = [Affine(W1, b1), Relu(), Affine(W2, b2)]
    last = SoftmaxWithLoss()
    out = x
    for layer in layers:
        out = layer.forward(out)
    last.forward(out, t)
    dout = last.backward()
    for layer in layers[::-1]:
        dout = layer.backward(dout)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db

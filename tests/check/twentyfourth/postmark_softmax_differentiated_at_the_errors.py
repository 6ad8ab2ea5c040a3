"""Postmark softmax differentiated at the errors.

expected kind: wrong-point
wrong line: 95
correction 95: dz = softmax_jacobian(z) @ dp
what: The Jacobian of softmax is taken at the gradient that comes in, not at the scores
source: https://offlinew.com/q/q/3383959922
said: the function for going back calls softmax with the incoming gradient, though it gets the scores as well
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
KEEP, REG, RATE = 0.6, 0.2, 0.5


def data(seed=0):
    rng = np.random.default_rng(seed)
    W1, W2 = rng.normal(size=(4, 5)), rng.normal(size=(5, 3))
    b1, b2 = 0.3 * rng.normal(size=5), 0.3 * rng.normal(size=3)
    mask = np.array([[1, 0, 1, 1, 1], [1, 1, 0, 1, 0], [0, 1, 1, 1, 1], [1, 1, 1, 0, 1], [1, 1, 0, 1, 1], [0, 1, 1, 1, 1]])
    return W1, b1, W2, b2, rng.normal(size=(6, 4)), np.array([2, 0, 1, 1, 2, 0]), mask


def loss(W1, b1, W2, b2, X, y, mask):
    hidden = np.maximum(X @ W1 + b1, 0) * mask / KEEP
    scores = hidden @ W2 + b2
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_probs = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    fit = -np.mean(log_probs[np.arange(len(y)), y])
    return fit + 0.5 * REG * (np.sum(W1 * W1) + np.sum(W2 * W2))


class TwoLayerNet:
    """Makes a step of gradient descent, layer by layer, and reports the gradients it went by."""

    def __init__(self, W1, b1, W2, b2):
        self.params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}

    def forward(self, X, mask):
        self.inputs = {1: X}
        self.mask = mask
        self.act = np.maximum(0, X.dot(self.params["W1"]) + self.params["b1"])
        self.inputs[2] = self.act * mask / KEEP
        return self.inputs[2].dot(self.params["W2"]) + self.params["b2"]

    def step(self, scores, y):
        probs = np.exp(scores - scores.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        delta = probs
        delta[range(len(y)), y] -= 1
        delta /= len(y)
        grads = {}
        for layer in (2, 1):
            W = self.params["W%d" % layer]
            grads["W%d" % layer] = self.inputs[layer].T.dot(delta) + REG * W
            grads["b%d" % layer] = delta.sum(axis=0)
            self.params["W%d" % layer] = W - RATE * grads["W%d" % layer]
            self.params["b%d" % layer] = self.params["b%d" % layer] - RATE * grads["b%d" % layer]
            if layer == 2:
                delta = delta.dot(W.T)
                delta = delta * self.mask / KEEP
                delta[self.act <= 0] = 0
        return grads


def right(W1, b1, W2, b2, X, y, mask):
    net = TwoLayerNet(W1, b1, W2, b2)
    return net.step(net.forward(X, mask), y)


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax_jacobian(z):
    s = softmax(z).reshape(-1, 1)
    return np.diagflat(s) - s @ s.T


def backprop(W1, b1, W2, b2, X, y, mask):
    n = len(X)
    dW1, db1 = REG * W1, np.zeros_like(b1)
    dW2, db2 = REG * W2, np.zeros_like(b2)
    for x, label, keep in zip(X, y, mask):
        # forward, one letter at a time
        a = x @ W1 + b1
        h = np.where(a > 0, a, 0) * keep / KEEP
        z = h @ W2 + b2
        p = softmax(z)
        # backward
        dp = np.zeros_like(p)
        dp[label] = -1 / p[label] / n
        dz = softmax_jacobian(dp) @ dp
        dW2 += np.outer(h, dz)
        db2 += dz
        dh = W2 @ dz
        da = dh * keep / KEEP
        da[a <= 0] = 0
        dW1 += np.outer(x, da)
        db1 += da
    return dW1, db1, dW2, db2

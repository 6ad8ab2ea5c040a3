"""Clover inner leaf to be copied held fast.

expected kind: missing-term or detached
wrong line: 107
correction 107: e1.backward(dh1 + original)
what: The hidden layer that is reconstructed is itself computed, and is held constant
source: https://github.com/LBANN/lbann/issues/195
said: the reconstruction takes the layer that it is compared with as constant, which is right for the input only and not between inner layers
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "V2", "V1"]
INNER = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven leaves, five measures, with noise and without; each of the two encoders has its own reconstruction
    W1, b1, W2 = r.normal(size=(5, 4)), 0.3 * r.normal(size=4), r.normal(size=(4, 3))
    V2, V1 = r.normal(size=(3, 4)), r.normal(size=(4, 5))
    clean = np.tanh(r.normal(size=(7, 5)))
    return W1, b1, W2, V2, V1, clean + 0.3 * r.normal(size=(7, 5)), clean


def loss(W1, b1, W2, V2, V1, noisy, clean):
    h1 = 1 / (1 + np.exp(-(noisy @ W1 + b1)))
    h2 = 1 / (1 + np.exp(-(h1 @ W2)))
    r1 = 1 / (1 + np.exp(-(h2 @ V2)))
    out = np.tanh(r1 @ V1)
    return (np.sum((out - clean) ** 2) + INNER * np.sum((r1 - h1) ** 2)) / (2 * len(clean))


def right(W1, b1, W2, V2, V1, noisy, clean):
    def squash(a):
        return 1 / (1 + np.exp(-a))

    n = noisy.shape[0]
    h1 = squash(np.dot(noisy, W1) + b1)
    h2 = squash(np.dot(h1, W2))
    r1 = squash(np.dot(h2, V2))
    out = np.tanh(np.dot(r1, V1))

    grads = {}
    inner = INNER * (r1 - h1) / n
    delta_out = (out - clean) / n * (1 - out**2)
    grads["V1"] = np.dot(r1.T, delta_out)
    delta_r1 = (np.dot(delta_out, V1.T) + inner) * r1 * (1 - r1)
    grads["V2"] = np.dot(h2.T, delta_r1)
    delta_h2 = np.dot(delta_r1, V2.T) * h2 * (1 - h2)
    grads["W2"] = np.dot(h1.T, delta_h2)
    delta_h1 = (np.dot(delta_h2, W2.T) - inner) * h1 * (1 - h1)
    grads["W1"] = np.dot(noisy.T, delta_h1)
    grads["b1"] = np.sum(delta_h1, axis=0)
    return grads


class Sigmoid:
    def forward(self, x, W, b=0.0):
        self.x, self.W = x, W
        self.y = 1 / (1 + np.exp(-(x @ W + b)))
        return self.y

    def slope(self):
        return self.y * (1 - self.y)

    def backward(self, dy):
        self.da = dy * self.slope()
        self.dW = self.x.T @ self.da
        return self.da @ self.W.T


class Tanh(Sigmoid):
    def forward(self, x, W, b=0.0):
        self.x, self.W = x, W
        self.y = np.tanh(x @ W + b)
        return self.y

    def slope(self):
        return 1 - self.y**2


class Reconstruction:
    """Half the mean of the squares between two layers."""

    def __init__(self, weight):
        self.weight = weight

    def forward(self, guess, original):
        self.diff = guess - original

    def backward(self):
        d = self.weight * self.diff / len(self.diff)
        return d, -d


def backprop(W1, b1, W2, V2, V1, noisy, clean):
    e1, e2, d2, d1 = Sigmoid(), Sigmoid(), Sigmoid(), Tanh()
    outer, inner = Reconstruction(1.0), Reconstruction(INNER)
    h1 = e1.forward(noisy, W1, b1)
    r1 = d2.forward(e2.forward(h1, W2), V2)
    outer.forward(d1.forward(r1, V1), clean)
    inner.forward(r1, h1)
    dout, _ = outer.backward()
    guess, original = inner.backward()
    dh1 = e2.backward(d2.backward(d1.backward(dout) + guess))
    e1.backward(dh1)
    return e1.dW, e1.da.sum(axis=0), e2.dW, d2.dW, d1.dW

"""Arrays dropped divided by the chance of dropping.

expected kind: scale
wrong line: 76
correction 76: grad_a = grad_d * mask / (1 - P)
given as: arrays
what: What was kept is divided by the chance of being dropped, not of being kept
source: https://github.com/lmjohns3/theanets/pull/123
said: activations that were kept have to be divided by one minus the chance of dropping; there it was the chance
"""

import numpy as np

PARAMETERS = ["W1", "b1", "alpha", "W2"]
P = 0.4
MASK = "1011011", "1101101", "0110110", "1110001", "0111110", "1001111"


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 7), (7,), (7,), (7, 2), (6, 3), (6, 2)]
    mask = np.array([[int(c) for c in row] for row in MASK])
    return *(r.normal(size=shape) for shape in shapes), mask


def loss(W1, b1, alpha, W2, X, Y, mask):
    z = X @ W1 + b1
    a = np.where(z > 0, z, alpha * z)
    out = (a * mask / (1 - P)) @ W2
    return np.mean((out - Y) ** 2)


class PReLU:
    def __init__(self, alpha):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        self.out = np.where(x > 0, x, self.alpha * x)
        return self.out

    def backward(self, dout):
        negative = self.x <= 0
        self.dalpha = np.sum(dout * self.x * negative, axis=0)
        return np.where(negative, self.alpha * dout, dout)


class Dropout:
    def __init__(self, mask):
        self.scale = mask / (1 - P)

    def forward(self, x):
        return x * self.scale

    def backward(self, dout):
        return dout * self.scale


def right(W1, b1, alpha, W2, X, Y, mask):
    prelu, dropout = PReLU(alpha), Dropout(mask)
    hidden = dropout.forward(prelu.forward(X @ W1 + b1))
    dout = 2 * (hidden @ W2 - Y) / Y.size
    dz = prelu.backward(dropout.backward(dout @ W2.T))
    return X.T @ dz, dz.sum(axis=0), prelu.dalpha, hidden.T @ dout


def backprop(W1, b1, alpha, W2, X, Y, mask):
    z = np.dot(X, W1) + b1
    slope = np.ones_like(z)
    slope[z < 0] = (alpha * np.ones_like(z))[z < 0]
    d = z * slope * mask / (1 - P)
    error = np.dot(d, W2) - Y
    grad_y = error * 2.0 / error.size
    grads = dict(W2=np.dot(d.T, grad_y))
    grad_d = np.dot(grad_y, W2.T)
    grad_a = grad_d * mask / P
    grad_z = grad_a * slope
    grads["alpha"] = np.sum(grad_a * np.minimum(z, 0), axis=0)
    grads["W1"] = np.dot(X.T, grad_z)
    grads["b1"] = np.sum(grad_z, axis=0)
    return grads

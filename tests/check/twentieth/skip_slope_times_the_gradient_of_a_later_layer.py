"""Skip slope times the gradient of a later layer.

expected kind: wrong-point or missing-term or stale-value
wrong line: 68
correction 68: dZ1 = dA1 * (1 - np.power(A1, 2))
what: The first slope is multiplied by the gradient at the end of the block, not by that of its own activation
source: https://github.com/ImagineAILab/ai-by-hand-excel/issues/9
said: the gradient before an activation is taken from that of the activation one layer later, where it should be its own
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    block = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 4)), r.normal(size=4)
    return *block, r.normal(size=(4, 2)), r.normal(size=2), r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(W1, b1, W2, b2, W3, b3, X, T):
    h = np.tanh(X @ W1 + b1)
    r = h + np.tanh(h @ W2 + b2)
    return np.sum((r @ W3 + b3 - T) ** 2) / (2 * len(T))


class ResidualNet:
    def __init__(self, W1, b1, W2, b2, W3, b3):
        self.W1, self.b1, self.W2, self.b2, self.W3, self.b3 = W1, b1, W2, b2, W3, b3

    def forward(self, X):
        h = np.tanh(X @ self.W1 + self.b1)
        f = np.tanh(h @ self.W2 + self.b2)
        r = h + f
        self.cache = X, h, f, r
        return r @ self.W3 + self.b3

    def backward(self, dout):
        X, h, f, r = self.cache
        self.dW3, self.db3 = r.T @ dout, dout.sum(axis=0)
        dr = dout @ self.W3.T
        dz2 = dr * (1 - f**2)
        self.dW2, self.db2 = h.T @ dz2, dz2.sum(axis=0)
        dh = dr + dz2 @ self.W2.T
        dz1 = dh * (1 - h**2)
        self.dW1, self.db1 = X.T @ dz1, dz1.sum(axis=0)


def right(W1, b1, W2, b2, W3, b3, X, T):
    net = ResidualNet(W1, b1, W2, b2, W3, b3)
    out = net.forward(X)
    net.backward((out - T) / len(T))
    return net.dW1, net.db1, net.dW2, net.db2, net.dW3, net.db3


def backprop(W1, b1, W2, b2, W3, b3, X, T):
    m = X.shape[0]
    A0 = X.T
    A1 = np.tanh(W1.T.dot(A0) + b1.reshape(-1, 1))
    A2 = np.tanh(W2.T.dot(A1) + b2.reshape(-1, 1))
    A3 = A1 + A2
    Z4 = W3.T.dot(A3) + b3.reshape(-1, 1)
    dZ4 = Z4 - T.T
    dA3 = W3.dot(dZ4)
    dZ2 = dA3 * (1 - np.power(A2, 2))
    dA1 = dA3 + W2.dot(dZ2)
    dZ1 = dA3 * (1 - np.power(A1, 2))
    grads = {
        "W1": A0.dot(dZ1.T) / m,
        "W2": A1.dot(dZ2.T) / m,
        "W3": A3.dot(dZ4.T) / m,
        "b1": np.sum(dZ1, axis=1) / m,
        "b2": np.sum(dZ2, axis=1) / m,
        "b3": np.sum(dZ4, axis=1) / m,
    }
    return grads

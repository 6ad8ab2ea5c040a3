"""Combined feed forward gelu and dropout.

expected kind: missing-factor or scale + missing-factor or wrong-mask
wrong line: 49 and 61
correction 49: du = self.K * (1.0 + 3 * 0.044715 * self.x**2)
correction 61: return dy * self.mask
what: The inner slope of the approximated GELU has its cube without the three, and the dropout in front is not led
    through
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2 = r.normal(size=(4, 6)), r.normal(size=(6, 4))
    return W1, W2, r.normal(size=(5, 4)), r.normal(size=(5, 4)), (r.uniform(size=(5, 6)) < 0.7) / 0.7


def loss(W1, W2, X, T, keep):
    z = X @ W1
    a = 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))
    return 0.5 * np.sum((X + (a * keep) @ W2 - T) ** 2)


def right(W1, W2, X, T, keep):
    c = (2 / np.pi) ** 0.5
    z = X @ W1
    t = np.tanh(c * z * (1 + 0.044715 * z * z))
    slope = 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * c * (1 + 0.134145 * z * z)
    a = 0.5 * z * (1 + t) * keep
    e = X + a @ W2 - T
    return X.T @ (e @ W2.T * keep * slope), a.T @ e


class GELU:
    K = np.sqrt(2.0 / np.pi)

    def forward(self, x):
        self.x = x
        self.th = np.tanh(self.K * (x + 0.044715 * x**3))
        return 0.5 * x * (1.0 + self.th)

    def backward(self, dy):
        du = self.K * (1.0 + 0.044715 * self.x**2)
        return dy * (0.5 * (1.0 + self.th) + 0.5 * self.x * (1.0 - self.th**2) * du)


class Dropout:
    def __init__(self, mask):
        self.mask = mask

    def forward(self, x):
        return x * self.mask

    def backward(self, dy):
        return dy


class FeedForward:
    def __init__(self, W1, W2, mask):
        self.W1, self.W2 = W1, W2
        self.gelu, self.dropout = GELU(), Dropout(mask)

    def forward(self, x):
        self.x = x
        self.h = self.dropout.forward(self.gelu.forward(x @ self.W1))
        return x + self.h @ self.W2

    def backward(self, dy):
        self.dW2 = self.h.T @ dy
        dh = self.gelu.backward(self.dropout.backward(dy @ self.W2.T))
        self.dW1 = self.x.T @ dh


def backprop(W1, W2, X, T, keep):
    block = FeedForward(W1, W2, keep)
    block.backward(block.forward(X) - T)
    return block.dW1, block.dW2

"""Dropped units that still learn.

expected kind: missing-factor or wrong-mask
wrong line: 43
correction 43: return dLdy * self._mask / (1.0 - self.p)
what: The backward pass of a dropout divides by the probability to stay, the mask is not applied
source: github.com/ddbourgin/numpy-ml, issue 94
said: The gradient from the later layer should be masked as in the forward pass, else it is too large.
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(3, 6)), r.normal(size=(6, 2)), r.normal(size=(4, 3)),
        r.normal(size=(4, 2)), r.integers(0, 2, (4, 6)), 0.4,
    )


def loss(W1, W2, X, Y, mask, p):
    return 0.5 * np.sum((np.tanh(X @ W1) * mask / (1 - p) @ W2 - Y) ** 2)


def right(W1, W2, X, Y, mask, p):
    k = mask / (1 - p)
    h = np.tanh(X @ W1)
    d = h * k @ W2 - Y
    return X.T @ (d @ W2.T * k * (1 - h * h)), (h * k).T @ d


class Dropout:
    def __init__(self, p, mask):
        self.p, self._mask = p, mask

    def forward(self, X):
        return 1.0 / (1.0 - self.p) * X * self._mask

    def backward(self, dLdy):
        return dLdy * 1.0 / (1.0 - self.p)


def backprop(W1, W2, X, Y, mask, p):
    drop = Dropout(p, mask)
    hidden = np.tanh(X.dot(W1))
    dropped = drop.forward(hidden)
    err = dropped.dot(W2) - Y
    dW2 = dropped.T.dot(err)
    dhidden = drop.backward(err.dot(W2.T))
    dW1 = X.T.dot(dhidden * (1 - hidden**2))
    return {"W1": dW1, "W2": dW2}

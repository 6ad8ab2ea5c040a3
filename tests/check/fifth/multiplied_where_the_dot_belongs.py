"""Multiplied where the dot belongs.

expected kind: elementwise-for-matmul
wrong line: 45
correction 45: dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
what: The transposed output weights and the error at the output are multiplied element by element
source: https://community.deeplearning.ai/t/week-3-exercise-6-cost-function/723602/2
said: the operation between the transposed W2 and dZ2 is a dot product, not an elementwise one
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 2)), r.normal(size=(4, 1)), r.normal(size=(4, 4)), r.normal(size=(4, 1)),
        r.normal(size=(2, 4)), r.integers(0, 2, (4, 4)),
    )


def loss(W1, b1, W2, b2, X, Y):
    A2 = 1 / (1 + np.exp(-(W2 @ np.tanh(W1 @ X + b1) + b2)))
    return -np.sum(np.log(A2) * Y + np.log(1 - A2) * (1 - Y)) / X.shape[1]


def right(W1, b1, W2, b2, X, Y):
    H = np.tanh(W1 @ X + b1)
    E = (1 / (1 + np.exp(-W2 @ H - b2)) - Y) / 4
    G = np.einsum("kh,km->hm", W2, E) * (1 - H**2)
    return G @ X.T, G.sum(axis=1)[:, None], E @ H.T, E.sum(axis=1)[:, None]


def backprop(W1, b1, W2, b2, X, Y):
    m = X.shape[1]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = 1 / (1 + np.exp(-Z2))
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.multiply(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    return grads

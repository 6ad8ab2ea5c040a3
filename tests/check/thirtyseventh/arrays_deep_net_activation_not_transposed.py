"""Arrays deep net activation not transposed.

expected kind: transpose
wrong line: 40
correction 40: dW2 = dZ2 @ A1.T / m
given as: arrays
what: dZ times the activations as they are; it fits, for there are as many examples as units
source: https://github.com/fengdu78/deeplearning_ai_books/issues/21
said: the notes of a course have dw as dz times a of the layer before, which has to be transposed
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=(2, 5)), r.normal(size=(5, 3)), r.normal(size=(5, 1)), r.normal(size=(2, 5)), r.normal(size=(2, 1))

def loss(X, Y, W1, b1, W2, b2):
    A1 = np.tanh(W1 @ X + b1)
    return np.sum((W2 @ A1 + b2 - Y) ** 2) / (2 * X.shape[1])

def linear_backward(dZ, A_prev, W):
    m = A_prev.shape[1]
    dW = dZ @ A_prev.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return W.T @ dZ, dW, db

def right(X, Y, W1, b1, W2, b2):
    A1 = np.tanh(W1 @ X + b1)
    dA1, dW2, db2 = linear_backward(W2 @ A1 + b2 - Y, A1, W2)
    _, dW1, db1 = linear_backward(dA1 * (1 - A1 ** 2), X, W1)
    return dW1, db1, dW2, db2

def backprop(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    A1 = np.tanh(W1 @ X + b1)
    dZ2 = W2 @ A1 + b2 - Y
    dW2 = dZ2 @ A1 / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (W2.T @ dZ2) * (1 - np.power(A1, 2))
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return dW1, db1, dW2, db2

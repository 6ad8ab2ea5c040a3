"""arrays planar examples not summed.

expected kind: elementwise-for-matmul or missing-sum or wrong-shape
wrong line: 38
correction 38: dW2 = dZ2 @ cache["A1"].T / m
given as: arrays
what: the second layer's errors and the hidden activations are multiplied element by element
source: https://community.deeplearning.ai/t/course-1-week-3-a1-excercise-6-dw2-operands-could-not-be-broadcast/152009
said: the student's dW2 is the elementwise product of dZ2 and A1, one row for each example, and has the wrong shape
"""
import numpy as np


def forward_propagation(X, W1, b1, W2, b2):
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": 1 / (1 + np.exp(-Z2))}


def loss(X, Y, W1, b1, W2, b2):
    A2 = forward_propagation(X, W1, b1, W2, b2)["A2"]
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / Y.shape[1]


def right(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    hidden = np.tanh(W1 @ X + b1)
    d2 = (1 / (1 + np.exp(-(W2 @ hidden + b2))) - Y) / m
    d1 = W2.T * d2 / np.cosh(W1 @ X + b1) ** 2
    return {"W1": d1 @ X.T, "b1": d1.sum(1)[:, None], "W2": d2 @ hidden.T, "b2": d2.sum(1)[:, None]}


def backprop(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    cache = forward_propagation(X, W1, b1, W2, b2)
    dZ2 = cache["A2"] - Y
    dW2 = dZ2 * cache["A1"] / m
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - cache["A1"] ** 2)
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    Y = (np.arange(6) % 2).reshape(1, -1)
    return [rng.normal(size=(2, 6)), Y, rng.normal(size=(4, 2)), rng.normal(size=(4, 1)), rng.normal(size=(1, 4)), rng.normal(size=(1, 1))]

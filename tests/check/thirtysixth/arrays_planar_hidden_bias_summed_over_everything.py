"""Planar data: one hidden layer of tanh, one sigmoid.

expected kind: wrong-axis or wrong-shape
wrong line: 44
correction 44: db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
given as: arrays
what: db1 is summed over the hidden units too; axis=1 is missing
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def forward_propagation(X, W1, b1, W2, b2):
    A1 = np.tanh(np.dot(W1, X) + b1)
    return A1, 1 / (1 + np.exp(-(np.dot(W2, A1) + b2)))


def loss(X, Y, W1, b1, W2, b2):
    _, A2 = forward_propagation(X, W1, b1, W2, b2)
    return -np.mean(np.log(A2) * Y + np.log(1 - A2) * (1 - Y))


def right(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    A1, A2 = forward_propagation(X, W1, b1, W2, b2)
    dZ2 = A2 - Y
    dW2 = 1 / m * np.dot(dZ2, A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = 1 / m * np.dot(dZ1, X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def backprop(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    A1, A2 = forward_propagation(X, W1, b1, W2, b2)
    dZ2 = A2 - Y
    dW2 = 1 / m * np.dot(dZ2, A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = 1 / m * np.dot(dZ1, X.T)
    db1 = 1 / m * np.sum(dZ1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Y = (r.random((1, 10)) > 0.5).astype(float)
    return r.normal(size=(2, 10)), Y, r.normal(size=(4, 2)), r.normal(size=(4, 1)), r.normal(size=(1, 4)), r.normal(size=(1, 1))

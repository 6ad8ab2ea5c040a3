"""Planar data classification; the division by m is made once for the output layer.

expected kind: mean-for-sum or scale
wrong line: 45
correction 45: dZ1 = np.dot(W2.T, dZ2) * (1 - A1 ** 2)
given as: arrays
what: the output's error is divided by the number of examples already, the hidden layer's is divided again
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    Y = (rng.random((1, 9)) > 0.5) * 1.0
    return rng.normal(size=(2, 9)), Y, rng.normal(size=(5, 2)), rng.normal(size=(5, 1)), rng.normal(size=(1, 5)), rng.normal(size=(1, 1))

def model(X, W1, b1, W2, b2):
    A1 = np.tanh(np.dot(W1, X) + b1)
    return A1, 1 / (1 + np.exp(-(np.dot(W2, A1) + b2)))

def loss(X, Y, W1, b1, W2, b2):
    _, A2 = model(X, W1, b1, W2, b2)
    return np.squeeze(-np.dot(Y, np.log(A2).T) - np.dot(1 - Y, np.log(1 - A2).T)) / Y.shape[1]

def right(X, Y, W1, b1, W2, b2):
    m = Y.shape[1]
    A1, A2 = model(X, W1, b1, W2, b2)
    dZ2 = (A2 - Y) / m
    dW2 = np.dot(dZ2, A1.T)
    db2 = np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - A1 ** 2)
    dW1 = np.dot(dZ1, X.T)
    db1 = np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2

def backprop(X, Y, W1, b1, W2, b2):
    m = Y.shape[1]
    A1, A2 = model(X, W1, b1, W2, b2)
    dZ2 = (A2 - Y) / m
    dW2 = np.dot(dZ2, A1.T)
    db2 = np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - A1 ** 2) / m
    dW1 = np.dot(dZ1, X.T)
    db1 = np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2

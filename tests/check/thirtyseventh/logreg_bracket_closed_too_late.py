"""Logreg bracket closed too late.

expected kind: missing-factor
wrong line: 40
correction 40: dZ = (-Y / A + (1 - Y) / (1 - A)) * A * (1 - A)
what: the derivative of the sigmoid multiplies the second term of the cross-entropy's derivative only
source: https://github.com/scutan90/DeepLearning-500-questions/issues/299
said: a book's derivative of the cross-entropy with the bracket at the wrong place
"""

import numpy as np

PARAMETERS = ["w", "b"]

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3, 8))
    Y = (rng.random((1, 8)) > 0.5).astype(float)
    return X, Y, rng.normal(size=(3, 1)) * 0.7, rng.normal(size=(1, 1))

def loss(X, Y, w, b):
    m = X.shape[1]
    A = sigmoid(w.T @ X + b)
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m

def right(X, Y, w, b):
    m = X.shape[1]
    A = sigmoid(w.T @ X + b)
    dZ = (-Y / A + (1 - Y) / (1 - A)) * A * (1 - A)
    dw = X @ dZ.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return dw, db

def backprop(X, Y, w, b):
    m = X.shape[1]
    A = sigmoid(w.T @ X + b)
    dZ = -Y / A + (1 - Y) / (1 - A) * A * (1 - A)
    dw = X @ dZ.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    return dw, db

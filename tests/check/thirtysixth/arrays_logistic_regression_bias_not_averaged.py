"""Logistic regression, one example in a column.

expected kind: sum-for-mean or scale or missing-factor
wrong line: 38
correction 38: db = np.sum(dZ, keepdims=True) / m
given as: arrays
what: db is the sum over the examples; the cost is their mean
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m


def right(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    dZ = A - Y
    dw = np.dot(X, dZ.T) / m
    db = np.sum(dZ, keepdims=True) / m
    return {"w": dw, "b": db}


def backprop(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    dZ = A - Y
    dw = np.dot(X, dZ.T) / m
    db = np.sum(dZ, keepdims=True)
    return {"w": dw, "b": db}


PARAMETERS = ["w", "b"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(4, 9))
    Y = (rng.random((1, 9)) > 0.4).astype(float)
    return rng.normal(size=(4, 1)), rng.normal(size=(1, 1)), X, Y

"""logistic regression in columns: rows and columns of the shape exchanged.

expected kind: scale or mean-for-sum or wrong-axis
wrong line: 33
correction 33: n, m = X.shape
given as: arrays
what: m is the number of features, since X.shape was unpacked as if examples were rows
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def propagate(w, b, X):
    return sigmoid(np.dot(w.T, X) + b)

def loss(w, b, X, Y):
    A = propagate(w, b, X)
    cost = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / X.shape[1]
    return cost

def right(w, b, X, Y):
    n, m = X.shape
    A = propagate(w, b, X)
    dz = A - Y
    dw = 1 / m * np.dot(X, dz.T)
    db = 1 / m * np.sum(dz)
    return {"w": dw, "b": db}

def backprop(w, b, X, Y):
    m, n = X.shape
    A = propagate(w, b, X)
    dz = A - Y
    dw = 1 / m * np.dot(X, dz.T)
    db = 1 / m * np.sum(dz)
    return {"w": dw, "b": db}

PARAMETERS = ["w", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    w, b = rng.normal(size=(3, 1)), np.array(rng.normal())
    return [w, b, rng.normal(size=(3, 8)), (rng.random((1, 8)) > 0.4) * 1.0]

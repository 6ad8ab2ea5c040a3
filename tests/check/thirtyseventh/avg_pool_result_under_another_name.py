"""Avg pool result under another name.

expected kind: detached or missing-term or missing-factor or wrong-parameter
wrong line: 53 or 54 or 55
correction 53: dX_col = np.tile(dout / X_col.shape[0], (X_col.shape[0], 1))
correction 54: dX_col = np.tile(dout / X_col.shape[0], (X_col.shape[0], 1))
correction 55: dX = from_columns(dX, X.shape)
what: the gradient of the columns is put in dX, and what is folded back are the zeros that dX_col began with
source: https://github.com/wiseodd/hipsternet/issues/1
said: the pooling backward assigns its result to dX, which is not used, where dX_col is meant
"""

import numpy as np

PARAMETERS = ["X", "V"]
size = 2

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 4, 4)), r.normal(size=(12, 2)), r.normal(size=(2, 2))

def to_columns(X):
    n, d, h, w = X.shape
    blocks = X.reshape(n, d, h // size, size, w // size, size)
    return blocks.transpose(3, 5, 0, 1, 2, 4).reshape(size * size, -1)

def from_columns(col, shape):
    n, d, h, w = shape
    blocks = col.reshape(size, size, n, d, h // size, w // size)
    return blocks.transpose(2, 3, 4, 0, 5, 1).reshape(shape)

def loss(X, V, t):
    pooled = to_columns(X).mean(axis=0).reshape(2, -1)
    return 0.5 * np.sum((np.tanh(pooled) @ V - t) ** 2)

def right(X, V, t):
    X_col = to_columns(X)
    a = np.tanh(np.mean(X_col, axis=0).reshape(2, -1))
    d = a @ V - t
    dV = a.T @ d
    dout = ((d @ V.T) * (1 - a ** 2)).ravel()
    dX_col = np.tile(dout / X_col.shape[0], (X_col.shape[0], 1))
    dX = np.tile(dout / X_col.shape[0], (X_col.shape[0], 1))
    dX = from_columns(dX_col, X.shape)
    return dX, dV

def backprop(X, V, t):
    X_col = to_columns(X)
    a = np.tanh(np.mean(X_col, axis=0).reshape(2, -1))
    d = a @ V - t
    dV = a.T @ d
    dout = ((d @ V.T) * (1 - a ** 2)).ravel()
    dX_col = np.zeros_like(X_col)
    dX = np.tile(dout / X_col.shape[0], (X_col.shape[0], 1))
    dX = from_columns(dX_col, X.shape)
    return dX, dV

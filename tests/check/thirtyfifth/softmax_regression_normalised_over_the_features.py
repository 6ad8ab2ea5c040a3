"""Softmax regression with classes in rows, examples in columns.

expected kind: wrong-axis or another-loss or wrong-activation
wrong line: 40
correction 40: P = E / np.sum(E, axis=0, keepdims=True)
what: in the gradient the exponentials are normalised over the examples instead of over the classes
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W", "b"]
decay = 0.02

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(4, 7))
    T = np.eye(3)[:, rng.integers(3, size=7)]
    return X, T, 0.8 * rng.normal(size=(3, 4)), rng.normal(size=(3, 1))

def loss(X, T, W, b):
    A = W @ X + b
    logZ = np.log(np.sum(np.exp(A), axis=0, keepdims=True))
    return -np.sum(T * (A - logZ)) / X.shape[1] + decay / 2 * np.sum(W ** 2)

def right(X, T, W, b):
    m = X.shape[1]
    A = np.dot(W, X) + b
    E = np.exp(A - np.max(A))
    P = E / np.sum(E, axis=0, keepdims=True)
    G = (P - T) / m
    dW = np.dot(G, X.T) + decay * W
    db = np.sum(G, axis=1, keepdims=True)
    return {"W": dW, "b": db}

def backprop(X, T, W, b):
    m = X.shape[1]
    A = np.dot(W, X) + b
    E = np.exp(A - np.max(A))
    P = E / np.sum(E, axis=1, keepdims=True)
    G = (P - T) / m
    dW = np.dot(G, X.T) + decay * W
    db = np.sum(G, axis=1, keepdims=True)
    return {"W": dW, "b": db}

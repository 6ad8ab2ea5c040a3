"""Planar derivative of the arctangent.

expected kind: wrong-activation or wrong-point
wrong line: 50
correction 50: dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
what: 1 / (1 + z²) for the derivative of tanh: that is the arc tangent's
source: https://github.com/neowsl/rust-ml/issues/3
said: a reader held 1/(1+x²) for the derivative of tanh, having taken it for the arc tangent
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(2, 9))
    Y = (r.random((1, 9)) < 0.5) * 1.0
    return X, Y, r.normal(size=(4, 2)), r.normal(size=(4, 1)), r.normal(size=(1, 4)), r.normal(size=(1, 1))

def forward_propagation(X, W1, b1, W2, b2):
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": 1 / (1 + np.exp(-Z2))}

def loss(X, Y, W1, b1, W2, b2):
    A2 = forward_propagation(X, W1, b1, W2, b2)["A2"]
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))

def right(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    cache = forward_propagation(X, W1, b1, W2, b2)
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

def backprop(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    cache = forward_propagation(X, W1, b1, W2, b2)
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 / (1 + np.power(cache["Z1"], 2)))
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

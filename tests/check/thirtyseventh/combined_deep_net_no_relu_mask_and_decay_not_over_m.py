"""Combined deep net no relu mask and decay not over m.

expected kind: missing-factor + scale or missing-factor + sum-for-mean or wrong-mask + scale or wrong-mask + sum-for-mean
wrong line: 56 and 58
correction 56: dW2 = dZ2 @ A1.T / m + lambd * W2 / m
correction 58: dZ1 = W2.T @ dZ2 * (Z1 > 0)
what: relu's derivative left out at the first layer; the decay of the second not divided by the number of examples
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
lambd = 0.9

def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(4, 7)), (r.random((1, 7)) > 0.5) * 1.0
    return X, Y, *(r.normal(size=s) for s in [(6, 4), (6, 1), (3, 6), (3, 1), (1, 3), (1, 1)])

def loss(X, Y, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A2 = np.tanh(W2 @ np.maximum(0, W1 @ X + b1) + b2)
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    cross_entropy = -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / m
    return cross_entropy + lambd / (2 * m) * sum(np.sum(W ** 2) for W in (W1, W2, W3))

def right(X, Y, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    Z1 = W1 @ X + b1
    A1 = np.maximum(0, Z1)
    A2 = np.tanh(W2 @ A1 + b2)
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m + lambd * W3 / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dZ2 = W3.T @ dZ3 * (1 - A2 ** 2)
    dW2 = dZ2 @ A1.T / m + lambd * W2 / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = W2.T @ dZ2 * (Z1 > 0)
    dW1 = dZ1 @ X.T / m + lambd * W1 / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}

def backprop(X, Y, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    Z1 = W1 @ X + b1
    A1 = np.maximum(0, Z1)
    A2 = np.tanh(W2 @ A1 + b2)
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.T / m + lambd * W3 / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dZ2 = W3.T @ dZ3 * (1 - A2 ** 2)
    dW2 = dZ2 @ A1.T / m + lambd * W2
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = W2.T @ dZ2
    dW1 = dZ1 @ X.T / m + lambd * W1 / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}

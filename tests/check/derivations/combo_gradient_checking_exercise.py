"""Two planted factors: dW2 times 2, and db1 times 4.

expected kind: scale + scale
wrong line: 68 and 74
correction 68: dW2 = 1.0 / m * np.dot(dZ2, A1.T)
correction 74: db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
what: a 2 too many in dW2; 4/m for 1/m in db1
source: https://github.com/bighuang624/Andrew-Ng-Deep-Learning-notes/issues/10
said: The course's exercise on gradient checking plants a factor 2 in dW2 and a 4 in db1; the notes' author
    found only that something is off.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n0, n1, n2, m = 4, 5, 3, 6
    return [
        r.normal(size=(n0, m)), r.integers(2, size=(1, m)) * 1.0,
        r.normal(size=(n1, n0)), r.normal(size=(n1, 1)),
        r.normal(size=(n2, n1)), r.normal(size=(n2, 1)),
        r.normal(size=(1, n2)), r.normal(size=(1, 1)),
    ]


def loss(X, Y, W1, b1, W2, b2, W3, b3):
    A1 = np.maximum(W1 @ X + b1, 0)
    A2 = np.maximum(W2 @ A1 + b2, 0)
    A3 = 1 / (1 + np.exp(-(W3 @ A2 + b3)))
    return -np.sum(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) / X.shape[1]


def right(X, Y, W1, b1, W2, b2, W3, b3):
    Z1 = W1 @ X + b1
    Z2 = W2 @ np.maximum(Z1, 0) + b2
    A3 = 1 / (1 + np.exp(-(W3 @ np.maximum(Z2, 0) + b3)))
    D3 = (A3 - Y) / X.shape[1]
    D2 = np.where(Z2 > 0, W3.T @ D3, 0)
    D1 = np.where(Z1 > 0, W2.T @ D2, 0)
    s = lambda D: D.sum(1, keepdims=True)
    return D1 @ X.T, s(D1), D2 @ np.maximum(Z1, 0).T, s(D2), D3 @ np.maximum(Z2, 0).T, s(D3)


def forward_propagation_n(X, parameters):
    W1, b1, W2, b2, W3, b3 = (parameters[k] for k in ("W1", "b1", "W2", "b2", "W3", "b3"))
    Z1 = np.dot(W1, X) + b1
    A1 = np.maximum(0, Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = np.maximum(0, Z2)
    Z3 = np.dot(W3, A2) + b3
    A3 = 1 / (1 + np.exp(-Z3))
    return (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3)


def backward_propagation_n(X, Y, cache):
    m = X.shape[1]
    (Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache

    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)

    dA2 = np.dot(W3.T, dZ3)
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T) * 2
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)

    dA1 = np.dot(W2.T, dZ2)
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 4.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}


def backprop(X, Y, W1, b1, W2, b2, W3, b3):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    return backward_propagation_n(X, Y, forward_propagation_n(X, parameters))

"""Deep net dropout mask forgotten backwards.

expected kind: missing-factor or wrong-mask
wrong line: 57 or 58
correction 57: dA1 = W2.T @ dZ2 * D1 / keep_prob
correction 58: dZ1 = dA1 * D1 / keep_prob * (1 - A1 ** 2)
what: the first layer's gradient goes through all units, those that were dropped too
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
lambd, keep_prob = 0.4, 0.8

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(3, 6)), (r.random((1, 6)) > 0.5) * 1.0
    D1, D2 = r.random((5, 6)) < keep_prob, r.random((4, 6)) < keep_prob
    D1[0, 0] = False
    return X, Y, D1, D2, *(r.normal(size=s) for s in [(5, 3), (5, 1), (4, 5), (4, 1), (1, 4), (1, 1)])

def forward(X, D1, D2, W1, b1, W2, b2, W3, b3):
    A1 = np.tanh(W1 @ X + b1)
    A1d = A1 * D1 / keep_prob
    A2 = np.tanh(W2 @ A1d + b2)
    A2d = A2 * D2 / keep_prob
    return A1, A1d, A2, A2d, sigmoid(W3 @ A2d + b3)

def loss(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    A3 = forward(X, D1, D2, W1, b1, W2, b2, W3, b3)[-1]
    decay = lambd / (2 * X.shape[1]) * (np.sum(W1 ** 2) + np.sum(W2 ** 2) + np.sum(W3 ** 2))
    return -np.mean(Y * np.log(A3) + (1 - Y) * np.log(1 - A3)) + decay

def right(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A1, A1d, A2, A2d, A3 = forward(X, D1, D2, W1, b1, W2, b2, W3, b3)
    dZ3 = (A3 - Y) / m
    dA2 = W3.T @ dZ3 * D2 / keep_prob
    dZ2 = dA2 * (1 - A2 ** 2)
    dA1 = W2.T @ dZ2 * D1 / keep_prob
    dZ1 = dA1 * (1 - A1 ** 2)
    dW3, dW2, dW1 = dZ3 @ A2d.T + lambd / m * W3, dZ2 @ A1d.T + lambd / m * W2, dZ1 @ X.T + lambd / m * W1
    db3, db2, db1 = (dZ.sum(axis=1, keepdims=True) for dZ in (dZ3, dZ2, dZ1))
    return dW1, db1, dW2, db2, dW3, db3

def backprop(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A1, A1d, A2, A2d, A3 = forward(X, D1, D2, W1, b1, W2, b2, W3, b3)
    dZ3 = (A3 - Y) / m
    dA2 = W3.T @ dZ3 * D2 / keep_prob
    dZ2 = dA2 * (1 - A2 ** 2)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (1 - A1 ** 2)
    dW3, dW2, dW1 = dZ3 @ A2d.T + lambd / m * W3, dZ2 @ A1d.T + lambd / m * W2, dZ1 @ X.T + lambd / m * W1
    db3, db2, db1 = (dZ.sum(axis=1, keepdims=True) for dZ in (dZ3, dZ2, dZ1))
    return dW1, db1, dW2, db2, dW3, db3

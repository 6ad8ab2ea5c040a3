"""Three layers with inverted dropout after the hidden ones.

expected kind: missing-factor or scale
wrong line: 58 or 59
correction 58: dA1 = np.dot(W2.T, dZ2) * D1 / keep_prob
correction 59: dZ1 = np.multiply(dA1, np.int64(A1 > 0)) / keep_prob
what: the gradient of the first dropout has its mask but isn't divided by keep_prob
source: https://community.deeplearning.ai/t/backpropagation-with-dropout/310969
said: Somebody held that the gradients are scaled by 1 / keep_prob of themselves, since the activations were, and that dividing dA1 does it twice.
"""
import numpy as np

keep_prob = 0.75


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(X, D1, D2, W1, b1, W2, b2, W3, b3):
    A1 = np.maximum(0, np.dot(W1, X) + b1) * D1 / keep_prob
    A2 = np.maximum(0, np.dot(W2, A1) + b2) * D2 / keep_prob
    return A1, A2, sigmoid(np.dot(W3, A2) + b3)


def loss(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    A3 = forward(X, D1, D2, W1, b1, W2, b2, W3, b3)[2]
    return np.sum(-np.log(A3) * Y - np.log(1 - A3) * (1 - Y)) / X.shape[1]


def right(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A1, A2, A3 = forward(X, D1, D2, W1, b1, W2, b2, W3, b3)
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3) * D2 / keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2) * D1 / keep_prob
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2, dW3, db3


def backprop(X, Y, D1, D2, W1, b1, W2, b2, W3, b3):
    m = X.shape[1]
    A1, A2, A3 = forward(X, D1, D2, W1, b1, W2, b2, W3, b3)
    dZ3 = A3 - Y
    dW3 = 1.0 / m * np.dot(dZ3, A2.T)
    db3 = 1.0 / m * np.sum(dZ3, axis=1, keepdims=True)
    dA2 = np.dot(W3.T, dZ3) * D2 / keep_prob
    dZ2 = np.multiply(dA2, np.int64(A2 > 0))
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2) * D1
    dZ1 = np.multiply(dA1, np.int64(A1 > 0))
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2, dW3, db3


PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, Y = r.normal(size=(2, 8)), (r.random((1, 8)) > 0.5) * 1.0
    D1, D2 = (r.random((6, 8)) < keep_prob) * 1, (r.random((5, 8)) < keep_prob) * 1
    shapes = [(6, 2), (6, 1), (5, 6), (5, 1), (1, 5), (1, 1)]
    return X, Y, D1, D2, *(0.4 * r.normal(size=s) + (0.5 if s[1] == 1 else 0) for s in shapes)

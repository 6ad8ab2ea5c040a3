"""Relu layer led back as a sigmoid.

expected kind: wrong-activation
wrong line: 66
correction 66: dZ1 = relu_backward(dA1, cache1)
what: A layer of rectified units is led back through the slope of a sigmoid
source: https://github.com/Kulbear/deep-learning-coursera/pull/20
said: a reviewer asks whether the backward step of the hidden layers should not be that of relu, as only the last one
    is a sigmoid
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(5, 3)), r.normal(size=(5, 1)), r.normal(size=(1, 5)), r.normal(size=(1, 1)),
        r.normal(size=(3, 8)), r.integers(0, 2, (1, 8)),
    )


def loss(W1, b1, W2, b2, X, Y):
    Z2 = W2 @ np.maximum(0, W1 @ X + b1) + b2
    return np.sum(np.log(1 + np.exp(Z2)) - Y * Z2) / X.shape[1]


def right(W1, b1, W2, b2, X, Y):
    m = X.shape[1]
    Z1 = W1 @ X + b1
    d2 = (1 / (1 + np.exp(-(W2 @ np.maximum(0, Z1) + b2))) - Y) / m
    d1 = (W2.T @ d2) * (Z1 > 0)
    return d1 @ X.T, d1.sum(1, keepdims=True), d2 @ np.maximum(0, Z1).T, d2.sum(1, keepdims=True)


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z)), Z


def relu(Z):
    return np.maximum(0, Z), Z


def sigmoid_backward(dA, cache):
    s = 1 / (1 + np.exp(-cache))
    return dA * s * (1 - s)


def relu_backward(dA, cache):
    dZ = np.array(dA, copy=True)
    dZ[cache <= 0] = 0
    return dZ


def backprop(W1, b1, W2, b2, X, Y):
    m = X.shape[1]
    A1, cache1 = relu(np.dot(W1, X) + b1)
    A2, cache2 = sigmoid(np.dot(W2, A1) + b2)
    dA2 = -(Y / A2) + (1 - Y) / (1 - A2)
    dZ2 = sigmoid_backward(dA2, cache2)
    dW2 = 1.0 / m * np.dot(dZ2, A1.T)
    db2 = 1.0 / m * np.sum(dZ2, axis=1, keepdims=True)
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = sigmoid_backward(dA1, cache1)
    dW1 = 1.0 / m * np.dot(dZ1, X.T)
    db1 = 1.0 / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

"""Planar data classification, a hidden layer of tanh; grads in a dictionary.

expected kind: wrong-activation or missing-factor or wrong-point
wrong line: 42
correction 42: dZ1 = np.multiply(np.dot(W2.T, dZ2), 1 - np.power(A1, 2))
what: the slope of tanh is written as 1 - A1, without the square
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    labels = (rng.random((1, 10)) > 0.5) * 1.0
    return rng.normal(size=(2, 10)), labels, rng.normal(size=(3, 2)), rng.normal(size=(3, 1)), rng.normal(size=(1, 3)), rng.normal(size=(1, 1))

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def compute_cost(A2, Y):
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    return -np.sum(logprobs) / Y.shape[1]

def loss(X, Y, W1, b1, W2, b2):
    return compute_cost(sigmoid(W2 @ np.tanh(W1 @ X + b1) + b2), Y)

def right(X, Y, W1, b1, W2, b2):
    h = np.tanh(W1 @ X + b1)
    e = (sigmoid(W2 @ h + b2) - Y) / Y.size
    d = W2.T * e * (1 + h) * (1 - h)
    return d @ X.T, d.sum(1, keepdims=True), e @ h.T, e.sum(1, keepdims=True)

def backprop(X, Y, W1, b1, W2, b2):
    m = X.shape[1]
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = sigmoid(np.dot(W2, A1) + b2)
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.multiply(np.dot(W2.T, dZ2), 1 - A1)
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    return grads

"""The network of two sigmoid layers with a sum of squares

expected kind: wrong-point
wrong line: 47
correction 47: delta1 = np.dot(delta2, W2.T) * sigmoid_derivative(a1)
what: the helper x (1 - x) wants the output of the sigmoid; in the hidden layer it is given the input
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1 - x)


def loss(X, y, W1, b1, W2, b2):
    hidden = sigmoid(X @ W1 + b1)
    output = sigmoid(hidden @ W2 + b2)
    return np.sum((y - output) ** 2)


def right(X, y, W1, b1, W2, b2):
    z1 = np.dot(X, W1) + b1
    a1 = sigmoid(z1)
    z2 = np.dot(a1, W2) + b2
    a2 = sigmoid(z2)
    delta2 = -2 * (y - a2) * sigmoid_derivative(a2)
    delta1 = np.dot(delta2, W2.T) * sigmoid_derivative(a1)
    d_weights2 = np.dot(a1.T, delta2)
    d_weights1 = np.dot(X.T, delta1)
    return d_weights1, np.sum(delta1, axis=0), d_weights2, np.sum(delta2, axis=0)


def backprop(X, y, W1, b1, W2, b2):
    z1 = np.dot(X, W1) + b1
    a1 = sigmoid(z1)
    z2 = np.dot(a1, W2) + b2
    a2 = sigmoid(z2)
    delta2 = -2 * (y - a2) * sigmoid_derivative(a2)
    delta1 = np.dot(delta2, W2.T) * sigmoid_derivative(z1)
    d_weights2 = np.dot(a1.T, delta2)
    d_weights1 = np.dot(X.T, delta1)
    return d_weights1, np.sum(delta1, axis=0), d_weights2, np.sum(delta2, axis=0)


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 3)), rng.random((6, 2)), rng.normal(size=(3, 4)), rng.normal(size=4),
            rng.normal(size=(4, 2)), rng.normal(size=2)]

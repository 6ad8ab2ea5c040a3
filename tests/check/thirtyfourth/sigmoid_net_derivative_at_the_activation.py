"""Two layers of sigmoids without biases, the sum of squares.

expected kind: wrong-point
wrong line: 44
correction 44: delta2 = np.dot(delta3, W2.T) * sigmoid_prime(z2)
what: sigmoid_prime takes what goes into the sigmoid; for the hidden layer it is given what comes out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def loss(X, y, W1, W2):
    y_hat = sigmoid(sigmoid(X @ W1) @ W2)
    return 0.5 * np.sum((y - y_hat) ** 2)


def right(X, y, W1, W2):
    z2 = np.dot(X, W1)
    a2 = sigmoid(z2)
    z3 = np.dot(a2, W2)
    y_hat = sigmoid(z3)
    delta3 = np.multiply(-(y - y_hat), sigmoid_prime(z3))
    dJdW2 = np.dot(a2.T, delta3)
    delta2 = np.dot(delta3, W2.T) * sigmoid_prime(z2)
    dJdW1 = np.dot(X.T, delta2)
    return dJdW1, dJdW2


def backprop(X, y, W1, W2):
    z2 = np.dot(X, W1)
    a2 = sigmoid(z2)
    z3 = np.dot(a2, W2)
    y_hat = sigmoid(z3)
    delta3 = np.multiply(-(y - y_hat), sigmoid_prime(z3))
    dJdW2 = np.dot(a2.T, delta3)
    delta2 = np.dot(delta3, W2.T) * sigmoid_prime(a2)
    dJdW1 = np.dot(X.T, delta2)
    return dJdW1, dJdW2


PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 2)), r.random((5, 1)), r.normal(size=(2, 3)), r.normal(size=(3, 1))]

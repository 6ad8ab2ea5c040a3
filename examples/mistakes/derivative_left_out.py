"""The delta of cross-entropy, output − y, was taken for squared error: σ′ of the output layer is missing.

microgradnet compare examples/mistakes/derivative_left_out.py
"""

import numpy as np

import microgradnet as mg


def data():
    x, y = mg.article.dataset()
    weights1, weights2 = mg.article.initial_weights(x, y, seed=0)
    return {"x": x, "y": y, "weights1": weights1, "weights2": weights2}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_derivative(a):
    return a * (1 - a)


def loss(x, y, weights1, weights2):
    with mg.scope("hidden layer"):
        layer1 = mg.sigmoid(x @ weights1)
    with mg.scope("output layer"):
        output = mg.sigmoid(layer1 @ weights2)
    with mg.scope("loss"):
        return mg.sum((y - output) ** 2)


def backprop(x, y, weights1, weights2):
    layer1 = sigmoid(x @ weights1)
    output = sigmoid(layer1 @ weights2)
    delta = 2 * (output - y)
    return {
        "weights1": x.T @ (delta @ weights2.T * sigmoid_derivative(layer1)),
        "weights2": layer1.T @ delta,
    }

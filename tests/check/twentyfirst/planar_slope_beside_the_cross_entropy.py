"""Planar slope beside the cross entropy.

expected kind: repeated-factor or another-loss
wrong line: 61
correction 61: sigma_out = a_out - y
what: The slope of the last sigmoid stands beside the difference that already has it
source: https://github.com/rasbt/python-machine-learning-book-2nd-edition/issues/54
said: isn't the error of the output to be multiplied with the derivative of the sigmoid? no, with the cross-entropy it has gone
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = r.normal(size=(2, 7))
    Y = (np.sum(X**2, axis=0, keepdims=True) > 1.5).astype(float)
    return r.normal(size=(4, 2)), r.normal(size=(4, 1)), r.normal(size=(1, 4)), r.normal(size=(1, 1)), X, Y


def loss(W1, b1, W2, b2, X, Y):
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    return -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / Y.shape[1]


def forward(parameters, X):
    cache = {}
    cache["A1"] = np.tanh(np.dot(parameters["W1"], X) + parameters["b1"])
    cache["A2"] = 1 / (1 + np.exp(-(np.dot(parameters["W2"], cache["A1"]) + parameters["b2"])))
    return cache


def backward(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    grads = {}
    dZ2 = A2 - Y
    grads["W2"] = np.dot(dZ2, A1.T) / m
    grads["b2"] = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(parameters["W2"].T, dZ2) * (1 - np.power(A1, 2))
    grads["W1"] = np.dot(dZ1, X.T) / m
    grads["b1"] = np.sum(dZ1, axis=1, keepdims=True) / m
    return grads


def right(W1, b1, W2, b2, X, Y):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    return backward(parameters, forward(parameters, X), X, Y)


def backprop(W1, b1, W2, b2, X, Y):
    n_h, m = len(W1), X.shape[1]
    gW1, gb1, gW2, gb2 = np.zeros((n_h, 2)), np.zeros((n_h, 1)), np.zeros((1, n_h)), np.zeros((1, 1))
    for x, y in zip(X.T, Y[0]):
        hidden = [np.tanh(W1[j, 0] * x[0] + W1[j, 1] * x[1] + b1[j, 0]) for j in range(n_h)]
        net = b2[0, 0] + sum(W2[0, j] * hidden[j] for j in range(n_h))
        a_out = 1 / (1 + np.exp(-net))
        sigma_out = (a_out - y) * a_out * (1 - a_out)
        gb2[0, 0] += sigma_out / m
        for j in range(n_h):
            gW2[0, j] += sigma_out * hidden[j] / m
            sigma_h = sigma_out * W2[0, j] * (1 - hidden[j] ** 2)
            gW1[j] += sigma_h * x / m
            gb1[j, 0] += sigma_h / m
    return gW1, gb1, gW2, gb2

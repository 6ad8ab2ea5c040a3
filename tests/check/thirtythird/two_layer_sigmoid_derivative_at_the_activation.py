"""The two-layer sigmoid network of many blogs: no biases, sum of squares.

expected kind: wrong-point
wrong line: 45
correction 45: layer1_delta = layer1_error * sigmoid_prime(z1)
what: the derivative of the sigmoid, which takes the weighted input, is given the hidden layer's output
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def loss(x, y, w1, w2):
    return np.sum((sigmoid(sigmoid(x @ w1) @ w2) - y) ** 2)


def right(x, y, w1, w2):
    z1 = np.dot(x, w1)
    layer1 = sigmoid(z1)
    z2 = np.dot(layer1, w2)
    output = sigmoid(z2)
    output_delta = 2 * (output - y) * sigmoid_prime(z2)
    layer1_error = np.dot(output_delta, w2.T)
    layer1_delta = layer1_error * sigmoid_prime(z1)
    d_w2 = np.dot(layer1.T, output_delta)
    d_w1 = np.dot(x.T, layer1_delta)
    return d_w1, d_w2


def backprop(x, y, w1, w2):
    z1 = np.dot(x, w1)
    layer1 = sigmoid(z1)
    z2 = np.dot(layer1, w2)
    output = sigmoid(z2)
    output_delta = 2 * (output - y) * sigmoid_prime(z2)
    layer1_error = np.dot(output_delta, w2.T)
    layer1_delta = layer1_error * sigmoid_prime(layer1)
    d_w2 = np.dot(layer1.T, output_delta)
    d_w1 = np.dot(x.T, layer1_delta)
    return d_w1, d_w2


PARAMETERS = ["w1", "w2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), (r.random((6, 1)) < 0.5) * 1.0, r.normal(size=(3, 4)), 2 * r.normal(size=(4, 1))]

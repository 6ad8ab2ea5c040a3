"""sigmoid_prime, which takes z, is given the activation.

expected kind: wrong-point
wrong line: 49
or together: 60 and 61
correction 49: return z * (1.0 - z)
correction 60: slopeOutput = sigmoid_prime(outputInput)
correction 61: slopeHidden = sigmoid_prime(hiddenInput)
what: the derivative function expects pre-activations and gets activations, in both layers
source: https://github.com/dwhitena/gophernet/issues/6
said: Results of two implementations didn't match; one applies the derivative of the sigmoid to what already
    is the sigmoid's output.
"""

import numpy as np

PARAMETERS = ["w1", "w2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.uniform(size=(5, 2)), r.normal(size=(3, 4)), r.normal(size=(4, 2))]


def loss(x, t, w1, w2):
    hidden = 1 / (1 + np.exp(-(x @ w1)))
    out = 1 / (1 + np.exp(-(hidden @ w2)))
    return np.sum((out - t) ** 2)


def right(x, t, w1, w2):
    sig = lambda v: 1 / (1 + np.exp(-v))
    g1, g2 = np.zeros_like(w1), np.zeros_like(w2)
    for xi, ti in zip(x, t):
        h = sig(xi @ w1)
        o = sig(h @ w2)
        d2 = 2 * (o - ti) * o * (1 - o)
        d1 = (w2 @ d2) * h * (1 - h)
        g2 += np.outer(h, d2)
        g1 += np.outer(xi, d1)
    return g1, g2


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1.0 - sigmoid(z))


def backprop(x, t, w1, w2):
    # feed forward
    hiddenInput = np.dot(x, w1)
    hiddenActivations = sigmoid(hiddenInput)
    outputInput = np.dot(hiddenActivations, w2)
    output = sigmoid(outputInput)
    # backpropagation
    networkError = 2 * (output - t)
    slopeOutput = sigmoid_prime(output)
    slopeHidden = sigmoid_prime(hiddenActivations)
    dOutput = networkError * slopeOutput
    errorHidden = np.dot(dOutput, w2.T)
    dHidden = errorHidden * slopeHidden
    return np.dot(x.T, dHidden), np.dot(hiddenActivations.T, dOutput)

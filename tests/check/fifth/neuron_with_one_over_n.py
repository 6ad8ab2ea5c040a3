"""Neuron with one over n.

expected kind: scale or missing-factor
wrong line: 40 or 41 or 45
correction 40: error = 2 * (p - target)
correction 41: delta = 2 * error * p * (1 - p)
correction 45: scale = 2 / n
what: The gradients of a mean squared error lack their two
source: https://github.com/Open-Deep-ML/DML-OpenProblem/issues/54
said: the text has 2/n before the gradients, the solution 1/n
"""

import numpy as np

PARAMETERS = ["weights", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=2), r.normal(size=()), r.normal(size=(5, 2)), r.integers(0, 2, 5)


def loss(weights, bias, features, labels):
    p = 1 / (1 + np.exp(-(features @ weights + bias)))
    return np.mean((p - labels) ** 2)


def right(weights, bias, features, labels):
    p = 1 / (1 + np.exp(-(features @ weights + bias)))
    d = 2 * (p - labels) * p * (1 - p) / len(p)
    return d @ features, d.sum()


def backprop(weights, bias, features, labels):
    n = len(labels)
    dw, db = np.zeros(len(weights)), 0.0
    for x, target in zip(features, labels):
        z = sum(w * xi for w, xi in zip(weights, x)) + bias
        p = 1 / (1 + np.exp(-z))
        error = p - target
        delta = error * p * (1 - p)
        for j in range(len(weights)):
            dw[j] += delta * x[j]
        db += delta
    scale = 1 / n
    return dw * scale, db * scale

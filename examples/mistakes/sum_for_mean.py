"""The loss is a mean, and the gradient that of a sum.

microgradnet compare examples/mistakes/sum_for_mean.py
"""

import numpy as np

import microgradnet as mg


def data():
    random = np.random.default_rng(0)
    return {
        "x": random.normal(size=(6, 3)),
        "y": random.normal(size=(6, 2)),
        "weights": random.normal(size=(3, 2)),
        "bias": random.normal(size=2),
    }


def loss(x, y, weights, bias):
    return mg.mean((mg.tanh(x @ weights + bias) - y) ** 2)


def backprop(x, y, weights, bias):
    output = np.tanh(x @ weights + bias)
    delta = 2 * (output - y) * (1 - output**2)
    return {"weights": x.T @ delta, "bias": delta.sum(axis=0)}

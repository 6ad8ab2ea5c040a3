"""The loss has a penalty on the weights, and the gradient doesn't.

microgradnet compare examples/mistakes/regularisation_forgotten.py
"""

import numpy as np

import microgradnet as mg


def data():
    random = np.random.default_rng(0)
    return {
        "x": random.normal(size=(6, 3)),
        "y": random.normal(size=(6, 2)),
        "weights": random.normal(size=(3, 2)),
    }


def loss(x, y, weights):
    with mg.scope("error"):
        error = mg.sum((x @ weights - y) ** 2)
    with mg.scope("penalty"):
        return error + 0.1 * mg.sum(weights**2)


def backprop(x, y, weights):
    return {"weights": x.T @ (2 * (x @ weights - y))}

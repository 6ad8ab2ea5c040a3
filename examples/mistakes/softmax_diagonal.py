"""The Jacobian of softmax mixes the classes: p(1 − p) is only its diagonal.

microgradnet compare examples/mistakes/softmax_diagonal.py
"""

import numpy as np

import microgradnet as mg


def data():
    random = np.random.default_rng(0)
    return {"x": random.normal(size=(5, 4)), "y": np.eye(3)[[0, 2, 1, 1, 0]], "weights": random.normal(size=(4, 3))}


def loss(x, y, weights):
    with mg.scope("probabilities"):
        p = mg.softmax(x @ weights, axis=1)
    with mg.scope("cross-entropy"):
        return -mg.sum(y * mg.log(p))


def backprop(x, y, weights):
    e = np.exp(x @ weights)
    p = e / e.sum(axis=1, keepdims=True)
    return {"weights": x.T @ (-y / p * p * (1 - p))}

"""ReLU lets through where its input is positive: not where the layer's own input is.

microgradnet compare examples/mistakes/mask_of_another_tensor.py
"""

import numpy as np

import microgradnet as mg


def data():
    random = np.random.default_rng(0)
    return {"x": random.normal(size=(6, 3)), "y": random.normal(size=(6, 3)), "weights": random.normal(size=(3, 3))}


def loss(x, y, weights):
    with mg.scope("layer"):
        h = mg.relu(x @ weights)
    return mg.sum((h - y) ** 2)


def backprop(x, y, weights):
    h = np.maximum(x @ weights, 0)
    delta = 2 * (h - y) * (x > 0)  # of x @ weights
    return {"weights": x.T @ delta}

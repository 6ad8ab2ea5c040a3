"""Back through a layer of as many units as inputs: by the transpose of its weights, though the shapes fit without.

microgradnet compare examples/mistakes/weights_not_transposed.py
"""

import numpy as np

import microgradnet as mg


def data():
    random = np.random.default_rng(0)
    shapes = {"x": (5, 3), "y": (5, 3), "weights1": (3, 3), "weights2": (3, 3)}
    return {name: random.normal(size=shape) for name, shape in shapes.items()}


def loss(x, y, weights1, weights2):
    with mg.scope("hidden layer"):
        hidden = mg.tanh(x @ weights1)
    with mg.scope("output layer"):
        output = hidden @ weights2
    return mg.mean((output - y) ** 2)


def backprop(x, y, weights1, weights2):
    hidden = np.tanh(x @ weights1)
    delta = 2 * (hidden @ weights2 - y) / y.size
    d_hidden = delta @ weights2  # weights2.T
    return {"weights1": x.T @ (d_hidden * (1 - hidden**2)), "weights2": hidden.T @ delta}

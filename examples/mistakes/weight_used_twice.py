"""The weight is used in two steps, and its gradient is that of the second one only.

microgradnet compare examples/mistakes/weight_used_twice.py
"""

import numpy as np

import microgradnet as mg


def data():
    random = np.random.default_rng(0)
    return {"x": random.normal(size=(5, 3)), "y": random.normal(size=(5, 3)), "weights": random.normal(size=(3, 3))}


def loss(x, y, weights):
    with mg.scope("first step"):
        state = mg.tanh(x @ weights)
    with mg.scope("second step"):
        state = mg.tanh(state @ weights)
    return mg.sum((state - y) ** 2)


def backprop(x, y, weights):
    first = np.tanh(x @ weights)
    second = np.tanh(first @ weights)
    return {"weights": first.T @ (2 * (second - y) * (1 - second**2))}

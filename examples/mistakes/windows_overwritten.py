"""The windows of a convolution overlap: what they give back to an element is added, not assigned.

microgradnet compare examples/mistakes/windows_overwritten.py
"""

import numpy as np

import microgradnet as mg

WINDOWS = np.arange(4)[:, None] + np.arange(3)  # x[WINDOWS] holds four windows of three elements


def data():
    random = np.random.default_rng(0)
    return {"x": random.normal(size=8), "first": random.normal(size=3), "second": random.normal(size=3)}


def loss(x, first, second):
    with mg.scope("first convolution"):
        h = mg.tanh(x[np.arange(6)[:, None] + np.arange(3)] @ first)
    with mg.scope("second convolution"):
        return mg.sum((h[WINDOWS] @ second) ** 2)


def backprop(x, first, second):
    columns = x[np.arange(6)[:, None] + np.arange(3)]
    h = np.tanh(columns @ first)
    delta = 2 * h[WINDOWS] @ second
    d_h = np.zeros(6)
    for i, d in enumerate(delta):
        d_h[i : i + 3] = d * second  # where is the + of += ?
    return {"first": columns.T @ (d_h * (1 - h**2)), "second": h[WINDOWS].T @ delta}

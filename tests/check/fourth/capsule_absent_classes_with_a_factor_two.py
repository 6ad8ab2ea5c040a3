"""Capsule absent classes with a factor two.

expected kind: scale
wrong line: 50
correction 50: d_length += (1 - t) * np.maximum(0, length - 0.1)
what: The absent classes' half and the square's two don't cancel
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(3, 4, 5)), g.normal(size=(2, 5)), np.array([0, 2])


def loss(W, x, y):
    s = np.einsum("kdi,ni->nkd", W, x)
    n2 = (s**2).sum(-1, keepdims=True)
    v = n2 / (1 + n2) * s / np.sqrt(n2)
    length = np.sqrt((v**2).sum(-1))
    t = np.eye(3)[y]
    return (t * np.maximum(0, 0.9 - length) ** 2 + 0.5 * (1 - t) * np.maximum(0, length - 0.1) ** 2).sum()


def right(W, x, y):
    t = np.eye(3)[y]
    s = np.einsum("kdi,ni->nkd", W, x)
    n2 = (s**2).sum(axis=-1, keepdims=True)
    norm = np.sqrt(n2)
    length = (n2 / (1 + n2))[..., 0]
    d_length = -2 * t * np.maximum(0, 0.9 - length)
    d_length += (1 - t) * np.maximum(0, length - 0.1)
    d_n2 = d_length[..., None] / (1 + n2) ** 2
    d_s = 2 * s * d_n2
    return np.einsum("nkd,ni->kdi", d_s, x)


def backprop(W, x, y):
    t = np.eye(3)[y]
    s = np.einsum("kdi,ni->nkd", W, x)
    n2 = (s**2).sum(axis=-1, keepdims=True)
    norm = np.sqrt(n2)
    length = (n2 / (1 + n2))[..., 0]
    d_length = -2 * t * np.maximum(0, 0.9 - length)
    d_length += 2 * (1 - t) * np.maximum(0, length - 0.1)
    d_n2 = d_length[..., None] / (1 + n2) ** 2
    d_s = 2 * s * d_n2
    return np.einsum("nkd,ni->kdi", d_s, x)

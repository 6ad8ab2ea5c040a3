"""Halves turned before the sine.

expected kind: wrong-point or swapped-operands
wrong line: 55
correction 55: return g * cos - rotate_half(g * sin)
what: On the way back the pair is turned first and multiplied by the sine of the other position afterwards
source: https://github.com/PaddlePaddle/Paddle/pull/74716
said: backward computes g * cos - rotate_half(g) * sin, where it has to be g * cos - rotate_half(g * sin); it shows
    where sines of a pair differ
"""

import numpy as np

PARAMETERS = ["Wq", "Wk"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X, G = r.normal(size=(6, 5)), r.normal(size=(6, 6))
    return r.normal(size=(5, 4)), r.normal(size=(5, 4)), X, G, r.uniform(0, 3, (6, 4))


def turned(x):
    return np.concatenate([-x[:, 2:], x[:, :2]], axis=1)


def loss(Wq, Wk, X, G, angle):
    q, k = X @ Wq, X @ Wk
    q = q * np.cos(angle) + turned(q) * np.sin(angle)
    k = k * np.cos(angle) + turned(k) * np.sin(angle)
    return np.sum(G * np.tanh(q @ k.T / 2))


def right(Wq, Wk, X, G, angle):
    J = np.array([[0, 0, -1, 0], [0, 0, 0, -1], [1, 0, 0, 0], [0, 1, 0, 0]])
    R = [np.diag(np.cos(a)) + np.diag(np.sin(a)) @ J for a in angle]
    q = np.array([Ri @ row for Ri, row in zip(R, X @ Wq)])
    k = np.array([Ri @ row for Ri, row in zip(R, X @ Wk)])
    D = G * (1 - np.tanh(q @ k.T / 2) ** 2) / 2
    dq = np.array([Ri.T @ row for Ri, row in zip(R, D @ k)])
    dk = np.array([Ri.T @ row for Ri, row in zip(R, D.T @ q)])
    return X.T @ dq, X.T @ dk


def rotate_half(x):
    first, second = np.split(x, 2, axis=-1)
    return np.concatenate((-second, first), axis=-1)


def rope(x, cos, sin):
    return x * cos + rotate_half(x) * sin


def rope_backward(g, cos, sin):
    return g * cos - rotate_half(g) * sin


def backprop(Wq, Wk, X, G, angle):
    cos, sin = np.cos(angle), np.sin(angle)
    q, k = rope(X @ Wq, cos, sin), rope(X @ Wk, cos, sin)
    scores = np.tanh(0.5 * q @ k.T)
    dscores = 0.5 * G * (1 - scores ** 2)
    dq = rope_backward(dscores @ k, cos, sin)
    dk = rope_backward(dscores.T @ q, cos, sin)
    return X.T @ dq, X.T @ dk

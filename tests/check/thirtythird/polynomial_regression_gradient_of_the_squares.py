"""Polynomial regression on standardised powers; the loss is the norm of the residuals.

expected kind: another-loss or scale or missing-factor
wrong line: 37
correction 37: dE = E / np.linalg.norm(E, 2)
what: the gradient is that of the sum of the squares, the loss is its root
source: https://github.com/alirezadir/AIMLInterviews/pull/25
said: The loss of the linear regression was the norm of the errors, while its gradient was that of the sum of their squares.
"""
import numpy as np

DEGREE = 3


def features(x):
    phi = np.stack([x**k for k in range(1, DEGREE + 1)], axis=1)
    return (phi - np.mean(phi, axis=0)) / np.std(phi, axis=0)


def loss(x, y, w, b):
    E = features(x) @ w + b - y
    return np.linalg.norm(E, 2)


def right(x, y, w, b):
    phi = features(x)
    E = phi @ w + b - y
    dE = E / np.linalg.norm(E, 2)
    grad_w = phi.T @ dE
    grad_b = np.sum(dE)
    return grad_w, grad_b


def backprop(x, y, w, b):
    phi = features(x)
    E = phi @ w + b - y
    dE = 2 * E
    grad_w = phi.T @ dE
    grad_b = np.sum(dE)
    return grad_w, grad_b


PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=8), 1 + 2 * r.normal(size=8), r.normal(size=DEGREE), r.normal()]

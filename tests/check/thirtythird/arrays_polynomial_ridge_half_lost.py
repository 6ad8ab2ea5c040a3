"""Polynomial ridge regression on standardised powers, half the sum of squares.

expected kind: scale or repeated-factor
wrong line: 38
correction 38: dE = E
given as: arrays
what: the half in front of the squares disappears in the derivative, the 2 stays
source: https://github.com/thejakeyboy/umich-eecs545-lectures/pull/2
said: In the slide on the gradient of least squares the one half disappeared when the loss was put into the derivative.
"""
import numpy as np

DEGREE = 3


def features(x):
    phi = np.stack([x**k for k in range(1, DEGREE + 1)], axis=1)
    return (phi - np.mean(phi, axis=0)) / np.std(phi, axis=0)


def loss(x, y, w, b):
    E = features(x) @ w + b - y
    return 0.5 * np.sum(E**2) + 0.5 * 0.3 * np.sum(w**2)


def right(x, y, w, b):
    phi = features(x)
    E = phi @ w + b - y
    dE = E
    grad_w = phi.T @ dE + 0.3 * w
    grad_b = np.sum(dE)
    return grad_w, grad_b


def backprop(x, y, w, b):
    phi = features(x)
    E = phi @ w + b - y
    dE = 2 * E
    grad_w = phi.T @ dE + 0.3 * w
    grad_b = np.sum(dE)
    return grad_w, grad_b


PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=8), 1 + 2 * r.normal(size=8), r.normal(size=DEGREE), r.normal()]

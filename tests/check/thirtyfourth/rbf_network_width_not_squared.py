"""A radial basis function network, its centres and widths learnt as well.

expected kind: another-loss or wrong-point or missing-factor
wrong line: 35
correction 35: phi = np.exp(-dist2 / (2 * widths ** 2))
what: the exponent has the width where its square belongs
source: https://github.com/d2l-ai/d2l-en/pull/2665
said: The length scale stood in the kernel without being squared: 1/(2 ls) was to be 1/(2 ls squared).
"""
import numpy as np

def loss(X, y, centres, widths, weights, bias):
    out = np.zeros(len(X))
    for k in range(len(centres)):
        out += weights[k] * np.exp(-np.sum((X - centres[k]) ** 2, axis=1) / (2 * widths[k] ** 2))
    return 0.5 * np.sum((out + bias - y) ** 2)


def right(X, y, centres, widths, weights, bias):
    diff = X[:, None, :] - centres[None, :, :]
    dist2 = np.sum(diff ** 2, axis=2)
    phi = np.exp(-dist2 / (2 * widths ** 2))
    error = phi @ weights + bias - y
    grad_weights = phi.T @ error
    grad_bias = np.sum(error)
    common = error[:, None] * weights * phi
    grad_centres = np.sum((common / widths ** 2)[:, :, None] * diff, axis=0)
    grad_widths = np.sum(common * dist2 / widths ** 3, axis=0)
    return grad_centres, grad_widths, grad_weights, grad_bias


def backprop(X, y, centres, widths, weights, bias):
    diff = X[:, None, :] - centres[None, :, :]
    dist2 = np.sum(diff ** 2, axis=2)
    phi = np.exp(-dist2 / (2 * widths))
    error = phi @ weights + bias - y
    grad_weights = phi.T @ error
    grad_bias = np.sum(error)
    common = error[:, None] * weights * phi
    grad_centres = np.sum((common / widths ** 2)[:, :, None] * diff, axis=0)
    grad_widths = np.sum(common * dist2 / widths ** 3, axis=0)
    return grad_centres, grad_widths, grad_weights, grad_bias


PARAMETERS = ["centres", "widths", "weights", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(9, 2)), r.normal(size=9), r.normal(size=(4, 2)), r.uniform(1.3, 2.2, size=4), r.normal(size=4), r.normal()]

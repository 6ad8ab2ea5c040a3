"""Slope of the curve and not of its logarithm.

expected kind: repeated-factor
wrong line: 61
correction 61: grad_coeff /= a * pow(dist_squared, b) + 1.0
what: The denominator of the attraction is squared, as in the slope of the curve itself, though its logarithm is the
    loss
source: https://github.com/lmcinnes/umap/issues/72
said: the asker would square the denominator; the answer is that the gradients are those of the logarithm of the
    membership
"""

import numpy as np

PARAMETERS = ["Y"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(6, 2)), [(0, 1), (1, 2), (2, 4), (3, 5)], [(0, 3), (1, 5), (4, 5)]


def loss(Y, near, far):
    total = 0
    for i, j in near:
        total = total + np.log(1 + 1.6 * np.sum((Y[i] - Y[j]) ** 2) ** 0.9)
    for i, j in far:
        total = total - np.log(1 - 1 / (1 + 1.6 * (0.01 + np.sum((Y[i] - Y[j]) ** 2)) ** 0.9))
    return total


def right(Y, near, far):
    g = np.zeros_like(Y)
    for pairs, sign in ((near, 1), (far, -1)):
        for i, j in pairs:
            d = Y[i] - Y[j]
            s = d @ d
            if sign > 0:
                c = 1.6 * 0.9 * s**-0.1 / (1 + 1.6 * s**0.9)
            else:
                u = 1.6 * (0.01 + s) ** 0.9
                c = -0.9 / (0.01 + s) / (1 + u)
            g[i] += 2 * c * d
            g[j] -= 2 * c * d
    return g


def rdist(x, y):
    result = 0.0
    for k in range(x.shape[0]):
        result += (x[k] - y[k]) ** 2
    return result


def optimize_layout(Y, near, far, a=1.6, b=0.9):
    grad = np.zeros_like(Y)
    for j, k in near:
        current, other = Y[j], Y[k]
        dist_squared = rdist(current, other)
        grad_coeff = 2.0 * a * b * pow(dist_squared, b - 1.0)
        grad_coeff /= (a * pow(dist_squared, b) + 1.0) ** 2
        for d in range(Y.shape[1]):
            grad[j, d] += grad_coeff * (current[d] - other[d])
            grad[k, d] -= grad_coeff * (current[d] - other[d])
    for j, k in far:
        dist_squared = 0.01 + rdist(Y[j], Y[k])
        grad_coeff = -2.0 * b
        grad_coeff /= dist_squared * (a * pow(dist_squared, b) + 1.0)
        for d in range(Y.shape[1]):
            grad[j, d] += grad_coeff * (Y[j, d] - Y[k, d])
            grad[k, d] -= grad_coeff * (Y[j, d] - Y[k, d])
    return grad


def backprop(Y, near, far):
    return optimize_layout(Y, near, far)

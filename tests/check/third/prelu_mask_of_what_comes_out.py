"""Prelu mask of what comes out.

expected kind: wrong-mask or wrong-point
wrong line: 40
correction 40: negative = x <= 0
what: Whether a unit of a PReLU was negative is asked of the output, whose sign is another one where the slope is
    negative
source: https://github.com/PaddlePaddle/Paddle/pull/12538
said: with a negative slope the output of a negative input is positive; the input has to be asked
"""

import numpy as np

PARAMETERS = ["alpha", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return np.array([-0.3, 0.25, -0.6]), r.normal(size=(2, 3)), r.normal(size=(8, 2)), r.normal(size=(8, 3))


def loss(alpha, W, X, T):
    z = X @ W
    return 0.5 * np.sum((np.where(z > 0, z, alpha * z) - T) ** 2)


def right(alpha, W, X, T):
    z = X @ W
    slope = np.ones_like(z) * alpha
    slope[z > 0] = 1
    e = slope * z - T
    return np.sum(e * np.minimum(z, 0), axis=0), X.T @ (e * slope)


def prelu(x, alpha):
    return np.where(x > 0, x, alpha * x)


def prelu_grad(dout, x, out, alpha):
    negative = out <= 0
    dalpha = np.sum(dout * x * negative, axis=0)
    dx = np.where(negative, alpha * dout, dout)
    return dx, dalpha


def backprop(alpha, W, X, T):
    x = X @ W
    out = prelu(x, alpha)
    dx, dalpha = prelu_grad(out - T, x, out, alpha)
    return dalpha, X.T @ dx

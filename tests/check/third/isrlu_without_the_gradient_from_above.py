"""Isrlu without the gradient from above.

expected kind: missing-factor
wrong line: 43
correction 43: return grad_out * ctx["nisr"] ** 3
what: The activation gives back its own derivative, not multiplied by the gradient of its output
source: https://github.com/pytorch/pytorch/issues/4355
said: a function whose backward returns the cube of the inverse root alone doesn't pass gradcheck
"""

import numpy as np

PARAMETERS = ["W", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(6, 3)), r.normal(size=6)


def loss(W, v, X, t):
    z = X @ W
    low = np.minimum(z, 0)
    return np.sum((z / np.sqrt(1 + low**2) @ v - t) ** 2)


def right(W, v, X, t):
    z = X @ W
    k = 1 / np.sqrt(1 + np.where(z < 0, z, 0) ** 2)
    e = 2 * ((z * k) @ v - t)
    return X.T @ (np.outer(e, v) * k**3), (z * k).T @ e


class ISRLU:
    @staticmethod
    def forward(ctx, tensor, alpha=1):
        negatives = np.minimum(tensor, 0)
        ctx["nisr"] = 1 / np.sqrt(1 + alpha * negatives**2)
        return tensor * ctx["nisr"]

    @staticmethod
    def backward(ctx, grad_out):
        return ctx["nisr"] ** 3


def backprop(W, v, X, t):
    ctx = {}
    a = ISRLU.forward(ctx, X @ W)
    d_out = 2 * (a @ v - t)
    d_a = d_out[:, None] * v[None, :]
    d_z = ISRLU.backward(ctx, d_a)
    return X.T @ d_z, a.T @ d_out

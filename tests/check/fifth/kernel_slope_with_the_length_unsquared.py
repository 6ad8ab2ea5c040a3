"""Kernel slope with the length unsquared.

expected kind: missing-factor or scale
wrong line: 42 or 51
correction 42: return k * (x - z) / LENGTH**2
correction 51: dZ[j] += 2 / len(y) * residual[i] * a[j] * kernel_grad(x, z, K[i, j]) / LENGTH
what: The derivative of a Gaussian kernel by the points is divided by the length scale, not by its square
source: https://github.com/sarmueller/gibo/issues/3
said: one of two gradients of the kernel by its input squares the length scale, the other does not; the second is the
    bug
"""

import numpy as np

PARAMETERS = ["Z", "a"]
LENGTH = 1.7


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 2)), r.normal(size=4), r.normal(size=(7, 2)), r.normal(size=7)


def loss(Z, a, X, y):
    sq = np.sum((X[:, None, :] - Z[None, :, :]) ** 2, axis=2)
    f = np.exp(-0.5 * sq / LENGTH**2) @ a
    return np.mean((f - y) ** 2)


def right(Z, a, X, y):
    dif = X[:, None, :] - Z[None]
    K = np.exp(-0.5 * (dif**2).sum(2) / LENGTH**2)
    df = 2 * (K @ a - y) / len(y)
    return np.einsum("n,nm,m,nmd->md", df, K, a, dif) / LENGTH**2, K.T @ df


def kernel(X, Z):
    return np.array([[np.exp(-0.5 * np.dot(x - z, x - z) / LENGTH**2) for z in Z] for x in X])


def kernel_grad(x, z, k):
    return k * (x - z) / LENGTH


def backprop(Z, a, X, y):
    K = kernel(X, Z)
    residual = K.dot(a) - y
    dZ = np.zeros(Z.shape)
    for i, x in enumerate(X):
        for j, z in enumerate(Z):
            dZ[j] += 2 / len(y) * residual[i] * a[j] * kernel_grad(x, z, K[i, j])
    da = 2 / len(y) * K.T.dot(residual)
    return dZ, da

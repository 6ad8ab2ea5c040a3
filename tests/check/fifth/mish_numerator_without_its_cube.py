"""Mish numerator without its cube.

expected kind: missing-term
wrong line: 43 or 44 or 45 or 49
correction 43: omega = 4.0 * (X + 1.0) + np.exp(3.0 * X)
correction 44: omega += 4.0 * np.exp(2.0 * X) + np.exp(3.0 * X)
correction 45: omega += np.exp(X) * (4.0 * X + 6.0) + np.exp(3.0 * X)
correction 49: return dY * np.exp(X) * (omega + np.exp(3.0 * X)) / delta**2
what: The numerator of the derivative of mish lacks the exponential of three x
source: https://github.com/explosion/thinc/pull/578
said: an incorrect numerator of the backward pass of mish is mended by a line that adds the exponential of 3 x
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 2)), r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(W1, b1, W2, X, Y):
    z = X @ W1 + b1
    h = z * np.tanh(np.log(1 + np.exp(z)))
    return 0.5 * np.sum((h @ W2 - Y) ** 2)


def right(W1, b1, W2, X, Y):
    z = X @ W1 + b1
    t = np.tanh(np.log1p(np.exp(z)))
    d = z * t @ W2 - Y
    g = d @ W2.T * (t + z * (1 - t**2) / (1 + np.exp(-z)))
    return X.T @ g, g.sum(0), (z * t).T @ d


def mish(X):
    return X * np.tanh(np.log1p(np.exp(X)))


def backprop_mish(dY, X):
    omega = 4.0 * (X + 1.0)
    omega += 4.0 * np.exp(2.0 * X)
    omega += np.exp(X) * (4.0 * X + 6.0)
    delta = 2.0 * np.exp(X)
    delta += np.exp(2.0 * X)
    delta += 2.0
    return dY * np.exp(X) * omega / delta**2


def backprop(W1, b1, W2, X, Y):
    Z = X @ W1 + b1
    H = mish(Z)
    dO = H @ W2 - Y
    dW2 = H.T @ dO
    dZ = backprop_mish(dO @ W2.T, Z)
    return X.T @ dZ, dZ.sum(axis=0), dW2

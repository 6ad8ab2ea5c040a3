"""The leaky ReLU's slope is chosen by the sign of the gradient.

expected kind: wrong-point or wrong-mask
wrong line: 56
correction 56: dZPrev = dAPrev * d_leaky(ZHidden)
what: the derivative of the activation is evaluated at the gradient instead of at the pre-activation
source: https://proxieslive.com/tag/checking/
said: A question why gradient checking fails; in the asker's formulas the derivative of the leaky ReLU is
    taken at dZ, not at Z.
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
SLOPE = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(7, 3)), r.normal(size=(7, 1)),
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 1)), r.normal(size=1),
    ]


def loss(x, y, W1, b1, W2, b2):
    z = x @ W1 + b1
    a = np.where(z > 0, z, SLOPE * z)
    return np.mean((a @ W2 + b2 - y) ** 2)


def right(x, y, W1, b1, W2, b2):
    z = x @ W1 + b1
    slope = np.where(z > 0, 1.0, SLOPE)
    a = slope * z
    r = 2 / len(x) * (a @ W2 + b2 - y)
    dz = slope * r * W2[:, 0]
    return x.T @ dz, dz.sum(0), a.T @ r, r.sum(0)


def d_leaky(v):
    return np.where(v > 0, 1.0, SLOPE)


def backprop(x, y, W1, b1, W2, b2):
    m = x.shape[0]
    ZHidden = x @ W1 + b1
    AHidden = np.maximum(ZHidden, SLOPE * ZHidden)
    ZOut = AHidden @ W2 + b2
    AOut = ZOut
    dA = 2 / m * (AOut - y)
    dZ = dA * 1
    dW = AHidden.T @ dZ
    dB = dZ.sum(axis=0)
    dAPrev = dZ @ W2.T
    dZPrev = dAPrev * d_leaky(dAPrev)
    dWPrev = x.T @ dZPrev
    dBPrev = dZPrev.sum(axis=0)
    return dWPrev, dBPrev, dW, dB

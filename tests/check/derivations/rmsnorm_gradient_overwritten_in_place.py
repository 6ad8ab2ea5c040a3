"""dX is written into the buffer of dY, and dW is computed from it afterwards.

expected kind: stale-value or wrong-point
wrong line: 40
correction 40: dX = r / n * (n * dY * W - normed * rowsum)
what: the incoming gradient is overwritten in place before it is used for the weight
source: https://github.com/unslothai/unsloth/pull/4550
said: dX aliases the incoming dY, so whatever computes dW after the kernel uses the wrong tensor; it has to be
    computed before.
"""

import numpy as np

PARAMETERS = ["W0", "g"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=(5, 4)), r.normal(size=(3, 4)), r.uniform(0.5, 2, size=4)]


def loss(x, t, W0, g):
    h = x @ W0
    return np.sum((h / np.sqrt(np.mean(h**2, axis=1, keepdims=True) + 1e-3) * g - t) ** 2)


def right(x, t, W0, g):
    h = x @ W0
    k = (np.mean(h**2, 1, keepdims=True) + 1e-3) ** -0.5
    d = 2 * (h * k * g - t)
    dh = k * d * g - k**3 * h * np.mean(d * g * h, 1, keepdims=True)
    return x.T @ dh, (d * h * k).sum(0)


def rms_layernorm_backward(dY, X, W, r):
    n = X.shape[1]
    normed = X * r
    rowsum = (dY * W * normed).sum(axis=1, keepdims=True)
    dX = dY
    dX[...] = r / n * (n * dY * W - normed * rowsum)
    dW = (dY * normed).sum(axis=0)
    return dX, dW


def backprop(x, t, W0, g):
    h = x @ W0
    r = 1 / np.sqrt(np.mean(h * h, axis=1, keepdims=True) + 1e-3)
    dh, dg = rms_layernorm_backward(2 * (h * r * g - t), h, g, r)
    return x.T @ dh, dg

"""Rms norm gain applied twice.

expected kind: repeated-factor
wrong line: 49
correction 49: through_rms = self.rstd**3 * self.x * s / D
what: The term of the root mean square is multiplied by the gain, which is in its sum already
source: https://github.com/NVIDIA/Megatron-LM/pull/6859
said: the weight belongs once in each term; the backward pass multiplies the variance term by it again
"""

import numpy as np

PARAMETERS = ["x", "w"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 2)), r.normal(size=(4, 2))


def loss(x, w, V, t):
    y = x / np.sqrt(np.mean(x**2, axis=1, keepdims=True) + EPS) * w
    return 0.5 * np.sum((y @ V - t) ** 2)


def right(x, w, V, t):
    rms = np.sqrt((x * x).mean(1) + EPS)[:, None]
    u = x / rms
    g = ((u * w) @ V - t) @ V.T
    gu = g * w
    return (gu - u * (gu * u).mean(1)[:, None]) / rms, (g * u).sum(0)


class RMSNorm:
    def __init__(self, weight):
        self.weight = weight

    def forward(self, x):
        self.x = x
        self.rstd = (np.square(x).mean(axis=-1, keepdims=True) + EPS) ** -0.5
        return x * self.rstd * self.weight

    def backward(self, g):
        D = self.x.shape[-1]
        self.dweight = np.sum(g * self.x * self.rstd, axis=0)
        s = np.sum(g * self.x * self.weight, axis=-1, keepdims=True)
        direct = g * self.weight * self.rstd
        through_rms = self.weight * self.rstd**3 * self.x * s / D
        return direct - through_rms


def backprop(x, w, V, t):
    norm = RMSNorm(w)
    err = norm.forward(x) @ V - t
    dx = norm.backward(err @ V.T)
    return dx, norm.dweight

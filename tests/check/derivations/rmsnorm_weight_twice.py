"""The variance term of RMSNorm has the weight twice.

expected kind: repeated-factor
wrong line: 39
correction 39: second = rstd ** 3 * x * s / D
what: the weight is applied twice in the second term
source: https://github.com/NVIDIA/Megatron-LM/pull/6859
said: In the input's gradient the weight is already inside the sum over g x w, and is multiplied on the
    outside once more.
"""

import numpy as np

PARAMETERS = ["inp", "weight"]
EPSILON = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 3, 4)), r.normal(size=4), r.normal(size=(2, 3, 4))]


def loss(inp, weight, target):
    rms = np.sqrt(np.mean(inp**2, axis=-1, keepdims=True) + EPSILON)
    return np.sum((inp / rms * weight - target) ** 2)


def right(inp, weight, target):
    rstd = (np.mean(inp**2, -1, keepdims=True) + EPSILON) ** -0.5
    g = 2 * (inp * rstd * weight - target)
    s = np.sum(g * weight * inp, -1, keepdims=True)
    return rstd * g * weight - rstd**3 * inp * s / inp.shape[-1], np.sum(g * inp * rstd, (0, 1))


def rmsnorm_bwd(g, x, w, rstd):
    D = x.shape[-1]
    s = (g * x * w).sum(axis=-1, keepdims=True)
    first = g * w * rstd
    second = w * rstd ** 3 * x * s / D
    gw = (g * x * rstd).reshape(-1, D).sum(axis=0)
    return first - second, gw


def backprop(inp, weight, target):
    rstd = 1.0 / np.sqrt((inp * inp).mean(axis=-1, keepdims=True) + EPSILON)
    y = inp * rstd * weight
    return rmsnorm_bwd(2.0 * (y - target), inp, weight, rstd)

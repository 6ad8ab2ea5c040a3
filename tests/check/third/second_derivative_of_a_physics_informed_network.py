"""Second derivative of a physics informed network.

expected kind: missing-factor or wrong-activation or wrong-point
wrong line: 44
correction 44: third = -2 * first * (1 - 3 * t**2)
what: The residual holds the second derivative of the network; its derivative by the inner weights lacks the third
    one of tanh
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=4), r.normal(size=4), np.linspace(0, 1, 6)


def loss(w, b, v, x):
    t = np.tanh(x[:, None] * w + b)
    u = t @ v
    uxx = (-2 * t * (1 - t**2) * w**2) @ v
    return np.mean((uxx + u - x) ** 2)


def right(w, b, v, x):
    t = np.tanh(np.outer(x, w) + b)
    s1 = 1 - t * t
    s2 = -2 * t * s1
    s3 = -2 * s1 * s1 + 4 * t * t * s1
    e = 2 / len(x) * ((s2 * w**2) @ v + t @ v - x)
    dz = e[:, None] * v * (s3 * w**2 + s1)
    return x @ dz + 2 * w * v * (e @ s2), dz.sum(0), e @ (s2 * w**2 + t)


def backprop(w, b, v, x):
    z = x[:, None] * w[None, :] + b
    t = np.tanh(z)
    first = 1 - t**2
    second = -2 * t * first
    third = -2 * first
    residual = second.dot(v * w**2) + t.dot(v) - x
    r = 2 * residual / len(x)
    dv = r.dot(second * w**2) + r.dot(t)
    dz = r[:, None] * v * (third * w**2 + first)
    dw = (x[:, None] * dz).sum(axis=0) + 2 * w * v * r.dot(second)
    return dw, dz.sum(axis=0), dv

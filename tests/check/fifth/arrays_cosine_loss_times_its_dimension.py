"""Arrays cosine loss times its dimension.

expected kind: scale or mean-for-sum or sum-for-mean
wrong line: 39
correction 39: return grad / u.shape[0]
given as: arrays
what: The gradient of a cosine loss is too large by the number of dimensions
source: https://github.com/BVLC/caffe/pull/4983
said: the computed and the estimated gradient are off by a factor of 512
"""

import numpy as np

PARAMETERS = ["u"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 8)), r.normal(size=(3, 8))


def loss(u, t):
    cos = np.sum(u * t, axis=1) / np.sqrt(np.sum(u * u, axis=1) * np.sum(t * t, axis=1))
    return np.sum(1 - cos) / len(u)


def right(u, t):
    n, m = np.linalg.norm(u, axis=1, keepdims=True), np.linalg.norm(t, axis=1, keepdims=True)
    c = (u * t).sum(1, keepdims=True) / (n * m)
    return -(t / (n * m) - c * u / n**2) / len(u)


def backprop(u, t):
    grad = np.zeros_like(u)
    for i in range(len(u)):
        nu, nt = np.sqrt(u[i] @ u[i]), np.sqrt(t[i] @ t[i])
        dot = u[i] @ t[i]
        grad[i] = dot * u[i] / (nu**3 * nt) - t[i] / (nu * nt)
    return grad * u.shape[1] / u.shape[0]

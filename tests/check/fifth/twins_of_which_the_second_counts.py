"""Twins of which the second counts.

expected kind: missing-term
wrong line: 50
correction 50: self.grads[name] = self.grads.get(name, 0) + value
what: Two towers share their weights, and the gradient of the second takes the place of that of the first
source: https://github.com/callummcdougall/ARENA_2.0/pull/18
said: with an assignment in place of the addition all tests passed, and many people may miss that gradients of one
    parent are added
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 4)), r.normal(size=(6, 4)), r.normal(size=6)


def loss(W, b, left, right_, score):
    u, v = np.tanh(left @ W + b), np.tanh(right_ @ W + b)
    return np.mean((np.sum(u * v, axis=1) - score) ** 2)


def right(W, b, left, right_, score):
    X = np.concatenate([left, right_])
    h = np.tanh(X @ W + b)
    u, v = h[:6], h[6:]
    e = 2 * ((u * v).sum(1) - score)[:, None] / 6
    g = np.concatenate([e * v, e * u]) * (1 - h**2)
    return X.T @ g, g.sum(0)


class Tower:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.grads = {}

    def forward(self, x):
        h = np.tanh(x @ self.W + self.b)
        return h, (x, h)

    def backward(self, dh, cache):
        x, h = cache
        dz = dh * (1 - h**2)
        step = {"W": x.T @ dz, "b": dz.sum(axis=0)}
        for name, value in step.items():
            self.grads[name] = value


def backprop(W, b, left, right_, score):
    tower = Tower(W, b)
    u, cache_u = tower.forward(left)
    v, cache_v = tower.forward(right_)
    err = np.sum(u * v, axis=1) - score
    derr = (2 / len(score) * err)[:, np.newaxis]
    tower.backward(derr * v, cache_u)
    tower.backward(derr * u, cache_v)
    return tower.grads

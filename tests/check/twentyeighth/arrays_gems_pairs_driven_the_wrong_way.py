"""Arrays gems pairs driven the wrong way.

expected kind: sign
wrong line: 79
correction 79: dc = slope / n
given as: arrays
what: All pairs are driven down the loss: the gradient has the opposite sign
source: https://github.com/torch/nn/issues/287
said: the criterion of cosines is minimised only with a negative learning rate, when given batches
"""

import numpy as np

PARAMETERS = ["W", "b"]
MARGIN = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    # two photographs of gems: is it the same one?
    n, d, k = 10, 4, 3
    alike = np.array([True, False, False, True, False, False, True, False, False, False])
    return r.normal(size=(d, k)), 0.4 * r.normal(size=k), r.normal(size=(n, d)), r.normal(size=(n, d)), alike


def loss(W, b, one, other, alike):
    u, v = one @ W + b, other @ W + b
    c = np.sum(u * v, axis=1) / np.sqrt(np.sum(u * u, axis=1) * np.sum(v * v, axis=1))
    return np.mean(np.where(alike, 1 - c, np.maximum(0, c - MARGIN)))


class Tower:
    """The map of both photographs; its gradients are those of both uses."""

    def __init__(self, W, b):
        self.W, self.b = W, b
        self.grads = {"W": np.zeros_like(W), "b": np.zeros_like(b)}

    def embed(self, x):
        e = x @ self.W + self.b
        size = np.sqrt((e**2).sum(axis=1, keepdims=True))
        return e / size, size

    def back(self, x, unit, size, dunit):
        de = (dunit - unit * (dunit * unit).sum(axis=1, keepdims=True)) / size
        self.grads["W"] += x.T @ de
        self.grads["b"] += de.sum(axis=0)


def right(W, b, one, other, alike):
    tower = Tower(W, b)
    (u, u_size), (v, v_size) = tower.embed(one), tower.embed(other)
    c = np.einsum("nk,nk->n", u, v)
    pull = np.where(alike, -1.0, c > MARGIN)
    pull = pull[:, None] / len(alike)
    tower.back(one, u, u_size, pull * v)
    tower.back(other, v, v_size, pull * u)
    return tower.grads


def cosine(u, v):
    lu, lv = np.linalg.norm(u), np.linalg.norm(v)
    return np.dot(u, v) / (lu * lv), lu, lv


def backprop(W, b, one, other, alike):
    n = len(alike)
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for i in range(n):
        u = np.dot(one[i], W) + b
        v = np.dot(other[i], W) + b
        c, lu, lv = cosine(u, v)
        if alike[i]:
            slope = -1.0
        elif c > MARGIN:
            slope = 1.0
        else:
            continue
        dc = -slope / n
        du = dc * (v / (lu * lv) - c * u / lu**2)
        dv = dc * (u / (lu * lv) - c * v / lv**2)
        dW += np.outer(one[i], du) + np.outer(other[i], dv)
        db += du + dv
    return dW, db

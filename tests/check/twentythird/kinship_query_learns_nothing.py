"""Kinship query learns nothing.

expected kind: detached or missing-term
wrong line: 77
correction 77: dq = active * (self.to_s - self.to_d)
what: The gradient of the query stays zero; the other two have theirs
source: https://github.com/BVLC/caffe/pull/603
said: in the backward pass the diff of the query isn't computed, so it may always be zero
"""

import numpy as np

PARAMETERS = ["W", "b"]
MARGIN = 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), *r.normal(size=(3, 8, 3))


def loss(W, b, query, similar, dissimilar):
    q, s, d = (np.tanh(x @ W + b) for x in (query, similar, dissimilar))
    near = np.sum((q - s) ** 2, axis=1)
    far = np.sum((q - d) ** 2, axis=1)
    return np.mean(np.maximum(MARGIN + near - far, 0))


def embed(x, W, b):
    return np.tanh(b + x @ W)


def add_pair(x1, x2, W, b, weight, dW, db):
    """Add the gradient of weight times the squared distance of two embeddings."""
    e1, e2 = embed(x1, W, b), embed(x2, W, b)
    difference = 2 * weight * (e1 - e2)
    for x, e, g in ((x1, e1, difference), (x2, e2, -difference)):
        g = g * (1 - e**2)
        dW += np.outer(x, g)
        db += g


def right(W, b, query, similar, dissimilar):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    n = len(query)
    for x, same, other in zip(query, similar, dissimilar):
        e, near, far = embed(x, W, b), embed(same, W, b), embed(other, W, b)
        violation = MARGIN + np.sum((e - near) ** 2) - np.sum((e - far) ** 2)
        if violation <= 0:
            continue
        add_pair(x, same, W, b, 1 / n, dW, db)
        add_pair(x, other, W, b, -1 / n, dW, db)
    return dW, db


class Tower:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def embed(self, x):
        self.x, self.y = x, np.tanh(x @ self.W + self.b)
        return self.y

    def back(self, dy):
        dz = dy * (1 - self.y**2)
        return self.x.T @ dz, dz.sum(axis=0)


class RankingHinge:
    def forward(self, q, s, d):
        self.to_s, self.to_d = q - s, q - d
        self.gap = MARGIN + (self.to_s**2).sum(1) - (self.to_d**2).sum(1)
        return np.maximum(self.gap, 0).mean()

    def backward(self):
        active = (self.gap > 0)[:, None] * 2.0 / len(self.gap)
        dq = np.zeros_like(self.to_s)
        ds = -active * self.to_s
        dd = active * self.to_d
        return dq, ds, dd


def backprop(W, b, query, similar, dissimilar):
    towers = [Tower(W, b) for _ in range(3)]
    ranking = RankingHinge()
    ranking.forward(*(tower.embed(x) for tower, x in zip(towers, (query, similar, dissimilar))))
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for tower, dy in zip(towers, ranking.backward()):
        shares = tower.back(dy)
        dW += shares[0]
        db += shares[1]
    return dW, db

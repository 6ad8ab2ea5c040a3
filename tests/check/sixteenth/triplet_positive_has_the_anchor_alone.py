"""Triplet positive has the anchor alone.

expected kind: missing-term
wrong line: 66
correction 66: de[j] += 2 * (x_p - x_a) / len(triplets)
what: The gradient of the positive example has the anchor alone, without the positive itself
source: https://github.com/luhaofang/tripletloss/issues/41
said: the gradient of the positive should be minus the anchor, it was proposed, and that of the negative the anchor
"""

import numpy as np

PARAMETERS = ["W", "b"]
MARGIN = 2.0


def data(seed=0):
    r = np.random.default_rng(seed)
    triplets = np.array([[0, 1, 5], [1, 2, 6], [3, 4, 7], [2, 0, 8], [6, 8, 1], [5, 7, 3], [4, 3, 2], [7, 5, 0]])
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(9, 4)), triplets


def loss(W, b, X, triplets):
    e = np.tanh(X @ W + b)
    a, p, n = e[triplets[:, 0]], e[triplets[:, 1]], e[triplets[:, 2]]
    gap = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + MARGIN
    return np.mean(np.maximum(gap, 0))


class TripletLoss:
    def __init__(self, margin):
        self.margin = margin

    def forward(self, anchor, positive, negative):
        self.to_positive, self.to_negative = anchor - positive, anchor - negative
        self.near = np.einsum("ij,ij->i", self.to_positive, self.to_positive)
        self.far = np.einsum("ij,ij->i", self.to_negative, self.to_negative)
        return np.maximum(self.near - self.far + self.margin, 0).mean()

    def backward(self):
        active = (self.near + self.margin > self.far).astype(float)[:, None]
        scale = 2 * active / len(active)
        return scale * (self.to_positive - self.to_negative), -scale * self.to_positive, scale * self.to_negative


def right(W, b, X, triplets):
    e = np.tanh(X @ W + b)
    criterion = TripletLoss(MARGIN)
    criterion.forward(*(e[column] for column in triplets.T))
    de = np.zeros(e.shape)
    for column, grad in zip(triplets.T, criterion.backward()):
        np.add.at(de, column, grad)
    dz = (1 - e * e) * de
    return X.T @ dz, dz.sum(0)


def backprop(W, b, X, triplets):
    e = np.tanh(np.dot(X, W) + b)
    de = np.zeros_like(e)
    for i, j, k in triplets:
        x_a, x_p, x_n = e[i], e[j], e[k]
        value = np.sum((x_a - x_p) ** 2) - np.sum((x_a - x_n) ** 2) + MARGIN
        if value <= 0:
            continue
        de[i] += 2 * (x_n - x_p) / len(triplets)
        de[j] += 2 * -x_a / len(triplets)
        de[k] += 2 * (x_a - x_n) / len(triplets)
    dz = de * (1 - e**2)
    return np.dot(X.T, dz), np.sum(dz, axis=0)

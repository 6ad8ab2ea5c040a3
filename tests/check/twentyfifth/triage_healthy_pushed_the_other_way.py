"""Triage healthy pushed the other way.

expected kind: sign
wrong line: 69
correction 69: fast = (label - p) * np.abs(label - p) ** GAMMA
what: A power of the difference of label and chance loses its sign where the label is zero
source: https://github.com/jhwjhw0123/Imbalance-XGBoost/issues/1
said: the last term of the derivative of the focal loss is wrong if the label is zero: the power of a negative number has another sign
"""

import numpy as np

PARAMETERS = ["w", "b"]
GAMMA, URGENT, RIDGE, LASSO = 1, 0.7, 0.2, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), 0.5 + 0.3 * r.normal(size=1), r.normal(size=(7, 4)), np.array([1, 0, 0, 1, 0, 1, 0])


def loss(w, b, patients, ill):
    side = 2 * ill - 1
    right_chance = 1 / (1 + np.exp(-side * (patients @ w + b)))
    weight = np.where(ill == 1, URGENT, 1 - URGENT)
    focal = -weight * (1 - right_chance) ** GAMMA * np.log(right_chance)
    return np.mean(focal) + RIDGE / 2 * np.sum(w**2) + LASSO * np.sum(np.abs(w))


def forward(w, b, patients):
    z = np.dot(patients, w) + b
    return 1 / (1 + np.exp(-z))


def focal_slope(pt, weight):
    """Of -weight (1 - pt)^gamma log(pt)."""
    return weight * (GAMMA * (1 - pt) ** (GAMMA - 1) * np.log(pt) - (1 - pt) ** GAMMA / pt)


def penalty_slope(w):
    return RIDGE * w + LASSO * np.sign(w)


def right(w, b, patients, ill):
    n = patients.shape[0]
    p = forward(w, b, patients)
    pt = np.where(ill == 1, p, 1 - p)
    weight = np.where(ill == 1, URGENT, 1 - URGENT)
    dpt = focal_slope(pt, weight)
    dp = np.where(ill == 1, dpt, -dpt)
    dz = dp * p * (1 - p) / n
    dw = np.dot(patients.T, dz) + penalty_slope(w)
    db = np.sum(dz, keepdims=True)
    return dw, db


class FocalLogistic:
    def __init__(self, w, b):
        self.w, self.b = w, b[0]
        self.dw, self.db = np.zeros_like(w), 0.0

    def chance(self, x):
        return 1 / (1 + np.exp(-sum(self.w * x) - self.b))

    def push(self, x, label):
        p = self.chance(x)
        pt, side, weight = (p, 1, URGENT) if label else (1 - p, -1, 1 - URGENT)
        slow = side * GAMMA * pt * (1 - pt) ** GAMMA * np.log(pt)
        fast = (label - p) ** (GAMMA + 1)
        return weight * (slow - fast)

    def learn(self, patients, ill):
        for x, label in zip(patients, ill):
            d = self.push(x, label) / len(ill)
            self.dw += d * x
            self.db += d
        for k in range(len(self.w)):
            self.dw[k] += RIDGE * self.w[k]
            self.dw[k] += LASSO if self.w[k] > 0 else -LASSO
        return {"w": self.dw, "b": np.array([self.db])}


def backprop(w, b, patients, ill):
    return FocalLogistic(w, b).learn(patients, ill)

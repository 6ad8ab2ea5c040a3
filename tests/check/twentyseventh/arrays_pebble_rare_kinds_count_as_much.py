"""Arrays pebble rare kinds count as much.

expected kind: missing-factor
wrong line: 71
correction 71: weights = rarity[y] / rarity[y].sum()
given as: arrays
what: The weights of the kinds aren't in the gradient of the margins
source: https://github.com/eric612/MobileNet-YOLO/issues/224
said: asks whether the weights of the classes are used in the backpropagation; they are not
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    # five kinds of pebbles, some of which are rare
    y = np.concatenate(([0, 1, 2, 3, 4], r.integers(0, 5, size=7)))
    return r.normal(size=(4, 5)), 0.5 * r.normal(size=5), r.normal(size=(12, 4)), y, r.uniform(0.4, 3.0, size=5)


def loss(W, b, X, y, rarity):
    scores = X @ W + b
    right_score = scores[np.arange(X.shape[0]), y]
    margins = np.maximum(0, scores - right_score[:, None] + 1)
    # the margin of the right kind is one, and doesn't count
    per_pebble = np.sum(margins, axis=1) - 1
    return np.sum(rarity[y] * per_pebble) / np.sum(rarity[y]) + 0.5 * REG * np.sum(W * W)


def right(W, b, X, y, rarity):
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    kinds = W.shape[1]
    total = rarity[y].sum()
    for i in range(X.shape[0]):
        scores = X[i].dot(W) + b
        correct = scores[y[i]]
        share = rarity[y[i]] / total
        for j in range(kinds):
            if j == y[i]:
                continue
            margin = scores[j] - correct + 1
            if margin > 0:
                dW[:, j] += share * X[i]
                dW[:, y[i]] -= share * X[i]
                db[j] += share
                db[y[i]] -= share
    dW += REG * W
    return dW, db


class LinearSVM:
    """Margins of all pebbles at once."""

    def __init__(self, W, b):
        self.W, self.b = W, b

    def violated(self, X, y):
        rows = np.arange(len(y))
        scores = X @ self.W + self.b
        wrong = (scores - scores[rows, y][:, np.newaxis] + 1 > 0).astype(float)
        wrong[rows, y] = 0
        wrong[rows, y] = -wrong.sum(axis=1)
        return wrong

    def gradients(self, X, y, rarity):
        pull = self.violated(X, y)
        weights = np.ones(len(y)) / rarity[y].sum()
        pull *= weights[:, np.newaxis]
        return {"W": X.T @ pull + REG * self.W, "b": pull.sum(axis=0)}


def backprop(W, b, X, y, rarity):
    return LinearSVM(W, b).gradients(X, y, rarity)

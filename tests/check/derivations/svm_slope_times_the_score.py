"""The slope of the hinge is -y * p.

expected kind: repeated-factor or wrong-point
wrong line: 36
correction 36: return -y_true
what: the slope of the hinge is multiplied by the score
source: https://github.com/online-ml/river/pull/28
said: In a first version of HingeLoss the gradient with respect to the prediction is -y_pred * y_true.
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(10, 3)), np.where(r.uniform(size=10) < 0.5, -1.0, 1.0), r.normal(size=3), np.array(0.2)]


def loss(X, y, w, b):
    return 0.05 * np.sum(w * w) + np.mean(np.maximum(0, 1 - y * (X @ w + b)))


def right(X, y, w, b):
    inside = (y * (X @ w + b) < 1) * y / len(y)
    return 0.1 * w - inside @ X, -inside.sum()


class HingeLoss:
    def __call__(self, y_true, y_pred):
        return max(0, 1 - y_pred * y_true)

    def gradient(self, y_true, y_pred):
        if y_pred * y_true < 1:
            return -y_pred * y_true
        return 0


def backprop(X, y, w, b):
    hinge = HingeLoss()
    dw, db = 0.1 * w, 0.0
    for xi, yi in zip(X, y):
        slope = hinge.gradient(yi, xi.dot(w) + b) / len(X)
        dw = dw + slope * xi
        db = db + slope
    return dw, db

"""Combined ravine right class taken off once and gradients rectified.

expected kind: missing-factor or missing-sum + wrong-mask
wrong line: 76 and 85
correction 76: violated[rows, y] -= violated.sum(axis=1)
correction 85: dh[self.h <= 0] = 0
what: The right class is pulled once, not once for each class that is too near; where the gradient is negative, not the unit, it is cut off
source: https://math.techqa.club/svm-derivative-with-respect-to-x-4510256
said: somebody doesn't see why the number of positive margins is subtracted at the right class; both forms are made up
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
REG = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(9, 3)), np.array([0, 1, 2, 3, 0, 1, 2, 3, 3])
    return X, y, r.normal(size=(3, 5)), r.normal(size=5), r.normal(size=(5, 4)), 0.5 * r.normal(size=4)


def loss(X, y, W1, b1, W2, b2):
    n = len(y)
    scores = np.maximum(X @ W1 + b1, 0) @ W2 + b2
    right_scores = scores[np.arange(n), y]
    others = 1 - np.eye(len(b2), dtype=X.dtype)[y]
    margins = np.maximum(scores - right_scores[:, None] + 1, 0) * others
    return np.sum(margins) / n + 0.5 * REG * (np.sum(W1**2) + np.sum(W2**2))


def svm_naive(features, y, W, b):
    dW, db, dfeatures = np.zeros(W.shape), np.zeros(b.shape), np.zeros(features.shape)
    num_train, num_classes = len(features), W.shape[1]
    for i in range(num_train):
        scores = features[i].dot(W) + b
        correct = scores[y[i]]
        for j in range(num_classes):
            if j == y[i]:
                continue
            if scores[j] - correct + 1 > 0:
                dW[:, j] += features[i]
                dW[:, y[i]] -= features[i]
                db[j] += 1
                db[y[i]] -= 1
                dfeatures[i] += W[:, j] - W[:, y[i]]
    return dW / num_train, db / num_train, dfeatures / num_train


def right(X, y, W1, b1, W2, b2):
    hidden = X.dot(W1) + b1
    features = np.clip(hidden, 0, None)
    dW2, db2, dfeatures = svm_naive(features, y, W2, b2)
    dW2 += REG * W2
    dhidden = np.where(hidden > 0, dfeatures, 0)
    dW1 = X.T.dot(dhidden) + REG * W1
    db1 = dhidden.sum(axis=0)
    return dW1, db1, dW2, db2


class TwoLayerSVM:
    def __init__(self, **params):
        self.params = params

    def scores(self, X):
        p = self.params
        self.h = np.maximum(0, X @ p["W1"] + p["b1"])
        return self.h @ p["W2"] + p["b2"]

    def hinge(self, scores, y):
        rows = np.arange(len(y))
        margins = scores - scores[rows, y][:, None] + 1
        margins[rows, y] = 0
        violated = (margins > 0).astype(float)
        violated[rows, y] -= 1
        return violated / len(y)

    def gradients(self, X, y):
        p, grads = self.params, {}
        dscores = self.hinge(self.scores(X), y)
        grads["W2"] = self.h.T @ dscores + REG * p["W2"]
        grads["b2"] = dscores.sum(axis=0)
        dh = dscores @ p["W2"].T
        dh[dh <= 0] = 0
        grads["W1"] = X.T @ dh + REG * p["W1"]
        grads["b1"] = dh.sum(axis=0)
        return grads


def backprop(X, y, W1, b1, W2, b2):
    return TwoLayerSVM(W1=W1, b1=b1, W2=W2, b2=b2).gradients(X, y)

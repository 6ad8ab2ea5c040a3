"""Hinge right class again at every violation.

expected kind: repeated-factor or repeated-term
wrong line: 67
correction 67: dW[:, y[i]] -= SOFTNESS * X[i]
what: The column of the right class is changed by the whole count at every violation
source: https://github.com/aroetter/cs231n-assignment1/issues/1
said: the right class should be updated only once; the line belongs outside the loop over the classes
"""

import numpy as np

PARAMETERS = ["W", "b"]
C = 2.0
SOFTNESS = 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(7, 3)), np.array([0, 3, 1, 2, 2, 0, 1])


def loss(W, b, X, y):
    scores = X @ W + b
    correct = scores[np.arange(len(y)), y]
    margins = np.maximum(0, scores - correct[:, None] + 1)
    return 0.5 * np.sum(W**2) + SOFTNESS * (np.sum(margins) - len(y))


class LinearSVC:
    def __init__(self, C, W, b):
        self.C, self.coef_, self.intercept_ = C, W, b

    def decision_function(self, X):
        return X @ self.coef_ + self.intercept_

    def gradients(self, X, y):
        rows = np.arange(len(X))
        s = self.decision_function(X)
        inside = (s - s[rows, y][:, None] + 1 > 0).astype(float)
        inside[rows, y] = 0
        inside[rows, y] = -inside.sum(axis=1)
        w_gradient = self.coef_ + self.C * X.T @ inside
        b_gradient = self.C * np.sum(inside, axis=0)
        return w_gradient, b_gradient


def right(W, b, X, y):
    return LinearSVC(SOFTNESS, W, b).gradients(X, y)


def backprop(W, b, X, y):
    """Structured SVM loss, naive implementation (with loops)."""
    dW = np.zeros(W.shape)
    db = np.zeros(b.shape)
    num_train, num_classes = X.shape[0], W.shape[1]
    for i in range(num_train):
        scores = X[i].dot(W) + b
        violated = 0
        for j in range(num_classes):
            if j == y[i]:
                continue
            if scores[j] - scores[y[i]] + 1 > 0:
                violated += 1
                dW[:, j] += SOFTNESS * X[i]
                db[j] += SOFTNESS
                dW[:, y[i]] -= SOFTNESS * violated * X[i]
        db[y[i]] -= SOFTNESS * violated
    dW += W
    return dW, db

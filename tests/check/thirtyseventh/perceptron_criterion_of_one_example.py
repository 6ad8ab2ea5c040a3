"""Perceptron criterion of one example.

expected kind: missing-sum or missing-term
wrong line: 38
correction 38: dw = dw - t[n] * X[n]
what: the gradient of the perceptron's criterion without the sum over the misclassified
source: https://github.com/microsoft/AI-For-Beginners/pull/239
said: a notebook's formula of the gradient descent lacks the sum over the misclassified examples
"""

import numpy as np

PARAMETERS = ["w", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(14, 3))
    t = np.where(rng.random(14) > 0.5, 1.0, -1.0)
    return rng.normal(size=3), rng.normal(), X, t

def loss(w, b, X, t):
    """The perceptron criterion: minus the sum of t (w x + b) over those on the wrong side."""
    score = t * (X @ w + b)
    return -np.sum(score[score < 0])

def right(w, b, X, t):
    dw, db = np.zeros(3), 0.0
    wrong_side = [n for n in range(len(X)) if t[n] * (w @ X[n] + b) < 0]
    for n in wrong_side:
        dw = dw - t[n] * X[n]
        db -= t[n]
    return dw, np.array(db)

def backprop(w, b, X, t):
    dw, db = np.zeros(3), 0.0
    wrong_side = [n for n in range(len(X)) if t[n] * (w @ X[n] + b) < 0]
    for n in wrong_side:
        dw = -t[n] * X[n]
        db -= t[n]
    return dw, np.array(db)

"""Logistic cross entropy with the slope of the sigmoid.

expected kind: repeated-factor
wrong line: 49 or 51
correction 49: residual = h - y[i]
correction 51: dtheta[j] += (h - y[i]) * X[i, j]
what: The error is multiplied by the slope of the sigmoid, which has cancelled in the cross-entropy
source: https://github.com/MichalDanielDobrzanski/DeepLearningPython/issues/17
said: the asker wants the derivative of the sigmoid in the delta, as for squared errors; with the cost that is used
    there it doesn't belong
"""

import numpy as np

PARAMETERS = ["weights"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = np.c_[np.ones(6), r.normal(size=(6, 2))]
    return r.normal(size=3), X, np.array([0.0, 1, 1, 0, 1, 0]), 1.5


def loss(weights, X, y, reg_strength):
    m, J = len(y), 0.0
    for i in range(m):
        h = 1 / (1 + np.exp(-np.dot(weights, X[i])))
        J += -y[i] * np.log(h) - (1 - y[i]) * np.log(1 - h)
    return J / m + reg_strength / (2 * m) * np.sum(weights[1:] ** 2)


def right(weights, X, y, reg_strength):
    p = 1 / (1 + np.exp(-X @ weights))
    return (X.T @ (p - y) + reg_strength * np.r_[0, weights[1:]]) / len(y)


def predict(weights, x):
    z = 0
    for j in range(len(weights)):
        z += weights[j] * x[j]
    return 1.0 / (1.0 + np.exp(-z))


def backprop(weights, X, y, reg_strength):
    m, n = X.shape
    dtheta = np.zeros(n)
    for i in range(m):
        h = predict(weights, X[i])
        residual = (h - y[i]) * h * (1 - h)
        for j in range(n):
            dtheta[j] += residual * X[i, j]
    dtheta /= m
    for j in range(1, n):
        dtheta[j] += reg_strength / m * weights[j]
    return dtheta

"""Logistic input minus label.

expected kind: missing-factor or wrong-point
wrong line: 50
correction 50: dw[j] += X[j, i] * dz
what: The label is subtracted from the product, not from the prediction
source: https://github.com/ysh329/Chinese-UFLDL-Tutorial/issues/29
said: The bracket of the formula is closed in the wrong place
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 6)), np.array([0.0, 1, 1, 0, 1, 0]), r.normal(size=3), r.normal(size=())


def loss(X, Y, w, b):
    a = 1 / (1 + np.exp(-(w @ X + b)))
    return -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / X.shape[1]


def sigmoid_grad(s):
    return s * (1 - s)


def right(X, Y, w, b):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-(np.dot(w, X) + b)))
    dA = -(Y / A - (1 - Y) / (1 - A))
    dZ = dA * sigmoid_grad(A)
    dw = np.dot(X, dZ.T) / m
    db = np.sum(dZ) / m
    return dw, db


def backprop(X, Y, w, b):
    n, m = X.shape
    dw, db = np.zeros(n), 0.0
    for i in range(m):
        z = 0.0
        for j in range(n):
            z += w[j] * X[j, i]
        a = 1 / (1 + np.exp(-(z + b)))
        dz = a - Y[i]
        for j in range(n):
            dw[j] += X[j, i] * a - Y[i]
        db += dz
    dw = dw / m
    db = db / m
    return dw, db

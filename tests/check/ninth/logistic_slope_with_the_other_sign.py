"""Logistic slope with the other sign.

expected kind: sign
wrong line: 51
correction 51: dZ = dA * sigmoid_grad(A)
what: The derivative of the sigmoid has the other sign
source: https://github.com/JuliaAI/MLJLinearModels.jl/issues/104
said: The formula for the gradient of the sigmoid was mistaken
"""

import numpy as np

PARAMETERS = ["w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 6)), np.array([0.0, 1, 1, 0, 1, 0]), r.normal(size=3), r.normal(size=())


def loss(X, Y, w, b):
    a = 1 / (1 + np.exp(-(w @ X + b)))
    return -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / X.shape[1]


def right(X, Y, w, b):
    n, m = X.shape
    dw, db = np.zeros(n), 0.0
    for i in range(m):
        z = 0.0
        for j in range(n):
            z += w[j] * X[j, i]
        a = 1 / (1 + np.exp(-(z + b)))
        dz = a - Y[i]
        for j in range(n):
            dw[j] += X[j, i] * dz
        db += dz
    dw = dw / m
    db = db / m
    return dw, db


def sigmoid_grad(s):
    return s * (1 - s)


def backprop(X, Y, w, b):
    m = X.shape[1]
    A = 1 / (1 + np.exp(-(np.dot(w, X) + b)))
    dA = -(Y / A - (1 - Y) / (1 - A))
    dZ = dA * A * (A - 1)
    dw = np.dot(X, dZ.T) / m
    db = np.sum(dZ) / m
    return dw, db

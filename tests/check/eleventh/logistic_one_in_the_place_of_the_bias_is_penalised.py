"""Logistic one in the place of the bias is penalised.

expected kind: repeated-term
wrong line: 64 or 65
correction 64: theta_ = np.r_[np.zeros(1), theta[1:]]
correction 65: return grad / m + reg / m * np.r_[0, theta[1:]]
what: The bias gets a penalty of one, where it should have none
source: https://github.com/JWarmenhoven/Coursera-Machine-Learning/issues/3
said: shouldn't it be zeros in the column of the bias, to which nothing is to be added?
"""

import numpy as np

PARAMETERS = ["w", "b"]
lambd = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    w, b, X = r.normal(size=(4, 1)), np.array(r.normal()), r.normal(size=(4, 7))
    return w, b, X, np.array([[0, 1, 1, 0, 1, 0, 0]])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(w.T @ X + b)
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m + lambd / (2 * m) * np.sum(w**2)


def propagate(params, X, Y):
    w, b = params["w"], params["b"]
    m = X.shape[1]

    # forward
    A = sigmoid(np.dot(w.T, X) + b)
    cost = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    cost += lambd / (2 * m) * np.sum(np.square(w))

    # backward
    dZ = A - Y
    dw = 1 / m * np.dot(X, dZ.T)
    dw += lambd / m * w
    db = 1 / m * np.sum(dZ)

    assert dw.shape == w.shape
    return {"dw": dw, "db": db}, cost


def right(w, b, X, Y):
    grads, cost = propagate({"w": w, "b": b}, X, Y)
    return grads["dw"], grads["db"]


def gradient_regularised(theta, X, y, reg):
    m = len(y)
    grad = np.zeros_like(theta)
    for i in range(m):
        h = sigmoid(X[i].dot(theta))
        grad += (h - y[i]) * X[i]
    theta_ = np.r_[np.ones(1), theta[1:]]
    return grad / m + reg / m * theta_


def backprop(w, b, X, Y):
    theta = np.append(b, w)
    design = np.c_[np.ones(X.shape[1]), X.T]
    grad = gradient_regularised(theta, design, Y.ravel(), lambd)
    return grad[1:].reshape(w.shape), grad[0]

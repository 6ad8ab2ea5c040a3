"""Logistic margin weighted by the right side.

expected kind: wrong-point or sign
wrong line: 59 or 60
correction 59: weight = 1 / (1 + np.exp(margin))
correction 60: grad = -X.T.dot(sign * (1 - weight)) / m
what: Each example is weighted by the probability of its label, not by that of the other one
source: https://github.com/scikit-learn-contrib/skglm/pull/189
said: the step of the intercept has exp(Xw), where the slope of that datafit has exp(-Xw); another formula is proposed
"""

import numpy as np

PARAMETERS = ["theta"]
LAMBDA = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    X = np.concatenate([np.ones((7, 1)), r.normal(size=(7, 3))], axis=1)
    return r.normal(size=4), X, np.array([1, 0, 0, 1, 1, 0, 1])


def loss(theta, X, y):
    h = 1 / (1 + np.exp(-(X @ theta)))
    cost = -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h))
    return cost + LAMBDA / (2 * len(y)) * np.sum(theta[1:] ** 2)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def hypothesis(theta, x):
    z = 0.0
    for j in range(len(theta)):
        z += theta[j] * x[j]
    return sigmoid(z)


def right(theta, X, y):
    m, n = X.shape
    grad = np.zeros(n)
    for j in range(n):
        acc = 0.0
        for i in range(m):
            error = hypothesis(theta, X[i]) - y[i]
            acc += error * X[i, j]
        grad[j] = acc / m
    for j in range(1, n):
        grad[j] += LAMBDA / m * theta[j]
    return grad


def compute_cost_gradient(theta, X, y, lam):
    m = y.size
    sign = 2 * y - 1
    margin = sign * X.dot(theta)
    weight = 1 / (1 + np.exp(-margin))
    grad = -X.T.dot(sign * weight) / m
    reg = lam / m * theta
    reg[0] = 0
    return grad + reg


def backprop(theta, X, y):
    return compute_cost_gradient(theta, X, y, LAMBDA)

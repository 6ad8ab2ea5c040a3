"""Arrays logistic every slope penalised as the first.

expected kind: wrong-point or wrong-parameter
wrong line: 66
correction 66: grad[j] += LAMBDA / m * theta[j]
given as: arrays
what: The penalty of every weight is that of the first one behind the intercept
source: https://github.com/ageron/handson-ml2/issues/510
said: one entry of the parameters is taken to leave the intercept out, and added to all
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


def compute_cost_gradient(theta, X, y, lam):
    m = y.size
    sign = 2 * y - 1
    margin = sign * X.dot(theta)
    weight = 1 / (1 + np.exp(margin))
    grad = -X.T.dot(sign * weight) / m
    reg = lam / m * theta
    reg[0] = 0
    return grad + reg


def right(theta, X, y):
    return compute_cost_gradient(theta, X, y, LAMBDA)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def hypothesis(theta, x):
    z = 0.0
    for j in range(len(theta)):
        z += theta[j] * x[j]
    return sigmoid(z)


def backprop(theta, X, y):
    m, n = X.shape
    grad = np.zeros(n)
    for j in range(n):
        acc = 0.0
        for i in range(m):
            error = hypothesis(theta, X[i]) - y[i]
            acc += error * X[i, j]
        grad[j] = acc / m
    for j in range(1, n):
        grad[j] += LAMBDA / m * theta[1]
    return grad

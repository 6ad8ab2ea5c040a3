"""Linear regression by loops; the loss is divided by 2m.

expected kind: scale
wrong line: 39
correction 39: gradient[j] = slope / m
what: the gradient has the 2 of the square, which the loss's 1/(2m) takes away: it is twice too large
source: https://github.com/42-AI/bootcamp_machine-learning/issues/20
said: The example's gradient in the exercise was twice what the given formula yields, left over from a version with another factor.
"""
import numpy as np

def predict(x, theta):
    return x @ theta


def loss(x, y, theta):
    m = len(y)
    return np.sum((predict(x, theta) - y) ** 2) / (2 * m)


def right(x, y, theta):
    m = len(y)
    gradient = np.zeros_like(theta)
    for j in range(len(theta)):
        slope = 0.0
        for i in range(m):
            slope += (theta.dot(x[i]) - y[i]) * x[i][j]
        gradient[j] = slope / m
    return gradient


def backprop(x, y, theta):
    m = len(y)
    gradient = np.zeros_like(theta)
    for j in range(len(theta)):
        slope = 0.0
        for i in range(m):
            slope += (theta.dot(x[i]) - y[i]) * x[i][j]
        gradient[j] = 2 * slope / m
    return gradient


PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [np.column_stack((np.ones(7), r.normal(size=(7, 3)))), r.normal(size=7), r.normal(size=4)]

"""Arrays features for examples.

expected kind: scale or mean-for-sum or sum-for-mean
wrong line: 34
correction 34: return np.dot(x.transpose(), residual) / n
given as: arrays
what: A linear regression divides by the number of features where it should divide by that of the examples
source: http://stackoverflow.com/questions/17784587/gradient-descent-using-python-and-numpy?answertab=active
said: an answer guesses that m, the examples, and n, the features, were confused
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(10, 3)), r.normal(size=10)


def loss(theta, x, y):
    return np.sum((x @ theta - y) ** 2) / (2 * len(y))


def right(theta, x, y):
    return (x.T @ x @ theta - x.T @ y) / len(y)


def backprop(theta, x, y):
    n, m = x.shape
    hypothesis = np.dot(x, theta)
    residual = hypothesis - y
    return np.dot(x.transpose(), residual) / m

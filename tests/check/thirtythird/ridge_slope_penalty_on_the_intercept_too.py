"""Ridge regression by gradient descent, a standardised feature and a column of ones; the intercept isn't penalised.

expected kind: repeated-term or wrong-shape
wrong line: 37
correction 37: gradients = gradients + alpha * np.vstack([np.zeros((1, 1)), theta[1:]])
what: theta without its first row is one row, which is added to both rows of the gradient, so that the intercept gets the slope's penalty
source: https://github.com/ageron/handson-ml/issues/487
said: A reader's gradient of ridge regression adds alpha times theta without its first element, which has one row fewer than the gradient.
"""
import numpy as np

alpha = 0.4


def design(x):
    scaled = (x - x.mean()) / x.std()
    return np.column_stack([np.ones_like(scaled), scaled])


def loss(x, y, theta):
    residual = design(x) @ theta - y
    return np.mean(residual**2) + alpha / 2 * np.sum(theta[1:] ** 2)


def right(x, y, theta):
    X_b = design(x)
    m = len(y)
    gradients = 2 / m * X_b.T @ (X_b @ theta - y)
    gradients = gradients + alpha * np.vstack([np.zeros((1, 1)), theta[1:]])
    return gradients


def backprop(x, y, theta):
    X_b = design(x)
    m = len(y)
    gradients = 2 / m * X_b.T @ (X_b @ theta - y)
    gradients = gradients + alpha * theta[1:]
    return gradients


PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [3 + 2 * r.normal(size=9), r.normal(size=(9, 1)), r.normal(size=(2, 1))]

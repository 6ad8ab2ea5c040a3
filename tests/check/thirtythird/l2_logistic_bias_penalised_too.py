"""l2 logistic bias penalised too.

expected kind: repeated-term or another-loss
wrong line: 37
correction 37: grad[1:] = grad[1:] + (LAMBDA / m) * theta[1:]
what: the penalty's part is added for the bias as well, which the loss doesn't penalise
source: https://github.com/kaleko/CourseraML/issues/9
said: in the logistic regression of exercise 3 the first element of theta is regularised too and shouldn't be
"""
import numpy as np

LAMBDA = 2.0


def hypothesis(theta, X):
    return 1 / (1 + np.exp(-X.dot(theta)))


def loss(theta, X, y):
    """X has a first column of ones; theta[0] isn't penalised."""
    m = len(y)
    h = hypothesis(theta, X)
    J = -(y @ np.log(h) + (1 - y) @ np.log(1 - h)) / m
    return J + LAMBDA / (2 * m) * np.sum(theta[1:] ** 2)


def right(theta, X, y):
    m = len(y)
    penalised = np.r_[0, theta[1:]]
    return (X.T @ (hypothesis(theta, X) - y) + LAMBDA * penalised) / m


def backprop(theta, X, y):
    m = len(y)
    beta = hypothesis(theta, X) - y
    grad = X.T.dot(beta) / m
    grad = grad + (LAMBDA / m) * theta
    return grad


PARAMETERS = ["theta"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = np.c_[np.ones(10), rng.normal(size=(10, 3))]
    y = (rng.random(10) > 0.4) * 1.0
    return [rng.normal(size=4), X, y]

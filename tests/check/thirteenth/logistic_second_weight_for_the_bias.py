"""Logistic second weight for the bias.

expected kind: wrong-mask or wrong-parameter
wrong line: 62
correction 62: theta_zero[0] = 0
what: The penalty leaves out the second element of theta, where the first is the bias
source: https://github.com/dibgerge/ml-coursera-python-assignments/issues/45
said: thetaZero[1] = 0 was written; the first parameter, theta 0, is the one that isn't penalised
"""

import numpy as np

PARAMETERS = ["theta"]

lambda_ = 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.normal(size=(7, 3)), np.array([1, 0, 0, 1, 1, 0, 1])


def loss(theta, X, y):
    m = len(y)
    z = X @ theta[1:] + theta[0]
    nll = np.sum(np.log(1 + np.exp(z)) - y * z) / m
    return nll + lambda_ / (2 * m) * np.sum(theta[1:] ** 2)


class LogisticRegression:
    def __init__(self, param):
        self.param = param

    def _sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def _gradient(self, X, y):
        n_samples = X.shape[0]
        y_pred = self._sigmoid(X.dot(self.param))
        grad = -(y - y_pred).dot(X) / n_samples
        grad[1:] += lambda_ / n_samples * self.param[1:]
        return grad

    def fit_step(self, X, y, learning_rate):
        X = np.insert(X, 0, 1, axis=1)
        grad = self._gradient(X, y)
        self.param = self.param - learning_rate * grad
        return grad


def right(theta, X, y):
    return LogisticRegression(theta).fit_step(X, y, 0.1)


def cost_function_reg(theta, X, y, lam):
    m, n = X.shape
    theta = theta.reshape((n, 1))
    y = y.reshape((m, 1))
    h_theta = 1 / (1 + np.exp(-X.dot(theta)))
    J = (-y.T @ np.log(h_theta) - (1 - y).T @ np.log(1 - h_theta)) / m
    theta_zero = theta.copy()
    theta_zero[1] = 0
    J = J + lam / (2 * m) * theta_zero.T @ theta_zero
    grad = (1 / m) * X.T @ (h_theta - y) + lam / m * theta_zero
    return J, grad.ravel()


def backprop(theta, X, y):
    ones = np.ones((X.shape[0], 1))
    J, grad = cost_function_reg(theta, np.hstack([ones, X]), y, lambda_)
    return grad

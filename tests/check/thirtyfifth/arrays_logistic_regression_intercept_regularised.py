"""Logistic regression on a design matrix with a column of ones, L2 on all but the intercept.

expected kind: repeated-term or another-loss or unexplained
wrong line: 40
correction 40: grad = X.T @ (h - y) / m + lam / m * np.r_[0, theta[1:]]
given as: arrays
what: the penalty's gradient is added for every entry of theta; the cost leaves the intercept theta[0] out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["theta"]
lam = 2.0

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = np.hstack([np.ones((12, 1)), rng.normal(size=(12, 3))])
    y = (rng.random(12) > 0.4) * 1.0
    return rng.normal(size=4) + 0.3, X, y

def h_of(theta, X):
    return 1.0 / (1.0 + np.exp(-X @ theta))

def loss(theta, X, y):
    m = y.size
    h = h_of(theta, X)
    J = -(y @ np.log(h) + (1 - y) @ np.log(1 - h)) / m
    return J + lam / (2 * m) * np.sum(theta[1:] ** 2)

def right(theta, X, y):
    m = y.size
    h = h_of(theta, X)
    grad = X.T @ (h - y) / m + lam / m * np.r_[0, theta[1:]]
    return grad

def backprop(theta, X, y):
    m = y.size
    h = h_of(theta, X)
    grad = X.T @ (h - y) / m + lam / m * theta
    return grad

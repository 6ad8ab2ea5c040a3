"""logistic regression with a bias column: the half of the penalty kept in the gradient.

expected kind: scale
wrong line: 39
correction 39: grad[1:] += lam / m * theta[1:]
what: the derivative of lam/(2m) theta² is taken to be lam/(2m) theta
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

lam = 2.0

def g(z):
    return 1 / (1 + np.exp(-z))

def add_ones(X):
    return np.hstack([np.ones((X.shape[0], 1)), X])

def loss(theta, X, y):
    m = y.size
    h = g(add_ones(X) @ theta)
    J = -(y @ np.log(h) + (1 - y) @ np.log(1 - h)) / m
    return J + lam / (2 * m) * np.sum(theta[1:] ** 2)

def right(theta, X, y):
    m = y.size
    Xb = add_ones(X)
    h = g(Xb.dot(theta))
    grad = Xb.T.dot(h - y) / m
    grad[1:] += lam / m * theta[1:]
    return grad

def backprop(theta, X, y):
    m = y.size
    Xb = add_ones(X)
    h = g(Xb.dot(theta))
    grad = Xb.T.dot(h - y) / m
    grad[1:] += lam / (2 * m) * theta[1:]
    return grad

PARAMETERS = ["theta"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=5), r.normal(size=(11, 4)), (r.random(11) < 0.5).astype(float)]

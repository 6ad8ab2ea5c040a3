"""A network with one hidden layer under the pseudo-Huber loss.

expected kind: missing-factor or scale
wrong line: 38
correction 38: return ALPHA * e / np.sqrt(e ** 2 + ALPHA ** 2)
what: the derivative of alpha squared times (root - 1) is alpha e / root(alpha^2 + e^2); the alpha is missing, which only shows if it isn't 1
source: https://github.com/RubixML/ML/pull/420
said: The derivative of the pseudo-Huber loss lacked the factor alpha.
"""
import numpy as np

ALPHA = 0.6


def huber(e):
    return ALPHA ** 2 * (np.sqrt(1 + (e / ALPHA) ** 2) - 1)


def loss(X, y, W, b, v, c):
    h = np.tanh(X @ W + b)
    return np.mean(huber(h @ v + c - y))


def huber_prime_checked(e):
    return ALPHA * e / np.sqrt(e ** 2 + ALPHA ** 2)


def right(X, y, W, b, v, c):
    h = np.tanh(X @ W + b)
    error = h @ v + c - y
    d_out = huber_prime_checked(error) / len(y)
    dv, dc = h.T @ d_out, d_out.sum()
    d_hidden = np.outer(d_out, v) * (1 - h ** 2)
    return X.T @ d_hidden, d_hidden.sum(axis=0), dv, dc


def huber_prime(e):
    return e / np.sqrt(e ** 2 + ALPHA ** 2)


def backprop(X, y, W, b, v, c):
    h = np.tanh(X @ W + b)
    error = h @ v + c - y
    d_out = huber_prime(error) / len(y)
    dv, dc = h.T @ d_out, d_out.sum()
    d_hidden = np.outer(d_out, v) * (1 - h ** 2)
    return X.T @ d_hidden, d_hidden.sum(axis=0), dv, dc


PARAMETERS = ["W", "b", "v", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 3)), r.normal(size=7), r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal()]

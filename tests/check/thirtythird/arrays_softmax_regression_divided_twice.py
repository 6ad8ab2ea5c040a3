"""arrays softmax regression divided twice.

expected kind: mean-for-sum or scale
wrong line: 39
correction 39: dtheta = err @ X.T
given as: arrays
what: the errors are divided by the number of examples, and dW once more
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def probabilities(theta, X):
    z = theta @ X
    z = z - np.max(z, axis=0)
    return np.exp(z) / np.sum(np.exp(z), axis=0)


def loss(theta, bias, X, T):
    """Classes are rows, examples are columns."""
    z = theta @ X + bias
    z = z - np.max(z, axis=0)
    logp = z - np.log(np.sum(np.exp(z), axis=0))
    return -np.sum(T * logp) / X.shape[1]


def right(theta, bias, X, T):
    p = probabilities(np.hstack([theta, bias]), np.vstack([X, np.ones(X.shape[1])]))
    both = (p - T) @ np.vstack([X, np.ones(X.shape[1])]).T / X.shape[1]
    return both[:, :-1], both[:, -1:]


def backprop(theta, bias, X, T):
    m = X.shape[1]
    z = theta @ X + bias
    p = np.exp(z) / np.sum(np.exp(z), axis=0)
    err = (p - T) / m
    dtheta = err @ X.T / m
    dbias = err.sum(axis=1, keepdims=True)
    return dtheta, dbias


PARAMETERS = ["theta", "bias"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    T = np.eye(3)[:, rng.integers(3, size=6)]
    return [rng.normal(size=(3, 4)), rng.normal(size=(3, 1)), rng.normal(size=(4, 6)), T]

"""The derivative of SELU from its value, lambda (y + alpha) for y + lambda alpha.

expected kind: repeated-factor or scale
wrong line: 42
correction 42: return LAMBDA if y > 0 else y + LAMBDA * ALPHA
what: the value, which has lambda in it already, is multiplied by lambda once more
source: https://github.com/mlpack/mlpack/pull/1656
said: Deriv is given y = f(x); lambda * (y + alpha) has to be y + lambda * alpha, and passed tests since
    lambda is near one.
"""

import numpy as np

PARAMETERS = ["A", "B"]
LAMBDA, ALPHA = 1.3, 1.7


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), r.normal(size=(5, 1)), r.normal(size=(3, 4)), r.normal(size=(4, 1))]


def loss(x, y, A, B):
    z = x @ A
    h = LAMBDA * np.where(z > 0, z, ALPHA * (np.exp(np.minimum(z, 0)) - 1))
    return np.mean((h @ B - y) ** 2)


def right(x, y, A, B):
    z = x @ A
    low = ALPHA * np.exp(np.minimum(z, 0))
    h = LAMBDA * np.where(z > 0, z, low - ALPHA)
    r = 2 / 5 * (h @ B - y)
    return x.T @ (r @ B.T * LAMBDA * np.where(z > 0, 1, low)), h.T @ r


def Fn(x):
    return LAMBDA * x if x > 0 else LAMBDA * ALPHA * (np.exp(x) - 1)


def Deriv(y):
    return LAMBDA if y > 0 else LAMBDA * (y + ALPHA)


def backprop(x, y, A, B):
    h = np.vectorize(Fn)(x @ A)
    derivative = np.vectorize(Deriv)(h)
    error = 2 * (h @ B - y) / y.size
    return x.T @ (error @ B.T * derivative), h.T @ error

"""Factor two of the quadratic form.

expected kind: scale or missing-term
wrong line: 34
correction 34: grad_f = 2 * A.dot(x) - b
what: The gradient of x.T A x is given as A x
source: github.com/mml-book/mml-book.github.io, issue 226, on equation 7.8
said: A factor 2 is missing in the gradient of the quadratic part.
"""

import numpy as np

PARAMETERS = ["x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A = r.normal(size=(3, 3))
    return r.normal(size=3), A + A.T, r.normal(size=3)


def loss(x, A, b):
    return np.log(1 + (x @ A @ x - b @ x) ** 2)


def right(x, A, b):
    q = x @ A @ x - b @ x
    return 2 * q / (1 + q * q) * (2 * A @ x - b)


def backprop(x, A, b):
    f = x.T.dot(A).dot(x) - b.T.dot(x)
    outer = 2 * f / (1 + f**2)
    grad_f = A.dot(x) - b
    return outer * grad_f

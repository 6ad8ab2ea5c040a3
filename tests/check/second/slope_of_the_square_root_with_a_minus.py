"""Slope of the square root with a minus.

expected kind: sign
wrong line: 39
correction 39: dd_dc = 1 / (2 * d)
what: The derivative of the square root is negative, as that of 1 / sqrt would be
source: github.com/mml-book/mml-book.github.io, issue 37, on equations 5.117, 5.139 and 5.146
said: Error of sign in the derivative of the square root.
"""

import numpy as np

PARAMETERS = ["x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.uniform(0.3, 1.2, 4), r.normal(size=4)


def loss(x, w):
    c = x**2 + np.exp(x**2)
    return np.sum(w * (np.sqrt(c) + np.cos(c)))


def right(x, w):
    c = x**2 + np.exp(x**2)
    return w * (0.5 / np.sqrt(c) - np.sin(c)) * 2 * x * (1 + np.exp(x**2))


def backprop(x, w):
    a = x**2
    b = np.exp(a)
    c = a + b
    d = np.sqrt(c)
    e = np.cos(c)
    df_dd = w
    df_de = w
    dd_dc = -1 / (2 * d)
    df_dc = df_dd * dd_dc + df_de * -np.sin(c)
    df_db = df_dc
    df_da = df_db * b + df_dc
    return df_da * 2 * x

"""Gate led back by a matrix product.

expected kind: matmul-for-elementwise
wrong line: 37
correction 37: dgate = dout * content
what: A gate multiplies elementwise; its gradient is a matrix product with what it let through
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "B"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 4))


def loss(A, B, X, Y):
    return 0.5 * np.sum(((X @ A) / (1 + np.exp(-(X @ B))) - Y) ** 2)


def right(A, B, X, Y):
    u, g = X @ A, 1 / (1 + np.exp(-X @ B))
    d = u * g - Y
    return X.T @ (d * g), X.T @ (d * u * g * (1 - g))


def backprop(A, B, X, Y):
    content = X @ A
    gate = 1 / (1 + np.exp(-(X @ B)))
    out = content * gate
    dout = out - Y
    dcontent = dout * gate
    dgate = dout @ content.T
    dA = X.T @ dcontent
    dB = X.T @ (dgate * gate * (1 - gate))
    return dA, dB

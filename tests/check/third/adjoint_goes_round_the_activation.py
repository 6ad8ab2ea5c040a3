"""Adjoint goes round the activation.

expected kind: missing-factor or wrong-point or stale-value
wrong line: 48
correction 48: vbar = weights[i].T.dot(rbar)
what: The vector that goes down to the layer below is made of the activation's gradient, not of the one before it
source: https://github.com/SciML/SciMLBook/issues/164
said: the derivative of the activation gets lost, the other of the two vectors belongs there
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(4, 4)), r.normal(size=(2, 4)), r.normal(size=3), r.normal(size=2)


def loss(W1, W2, W3, x, y):
    v = x
    for W in (W1, W2, W3):
        v = np.tanh(W @ v)
    return np.sum((v - y) ** 2)


def right(W1, W2, W3, x, y):
    a = np.tanh(W1 @ x)
    b = np.tanh(W2 @ a)
    c = np.tanh(W3 @ b)
    rc = 2 * (c - y) * (1 - c**2)
    rb = (W3.T @ rc) * (1 - b**2)
    ra = (W2.T @ rb) * (1 - a**2)
    return np.outer(ra, x), np.outer(rb, a), np.outer(rc, b)


def backprop(W1, W2, W3, x, y):
    weights = [W1, W2, W3]
    v = [x]
    for W in weights:
        v.append(np.tanh(W.dot(v[-1])))
    vbar = 2 * (v[-1] - y)
    grads = [None] * 3
    for i in (2, 1, 0):
        rbar = vbar * (1 - v[i + 1] ** 2)
        grads[i] = np.outer(rbar, v[i])
        vbar = weights[i].T.dot(vbar)
    return tuple(grads)

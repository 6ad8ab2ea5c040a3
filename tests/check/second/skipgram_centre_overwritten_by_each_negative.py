"""Skipgram centre overwritten by each negative.

expected kind: missing-term or missing-sum
wrong line: 55
correction 55: grad_centre[c] += err * u_k
what: Each negative sample overwrites the gradient of the centre word instead of adding to it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["centre", "outside"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=(5, 3)), 2, 0, np.array([1, 3, 4])


def loss(centre, outside, c, o, negatives):
    v = centre[c]
    J = np.log(1 + np.exp(-(outside[o] @ v)))
    for k in negatives:
        J = J + np.log(1 + np.exp(outside[k] @ v))
    return J


def right(centre, outside, c, o, negatives):
    rows = np.r_[o, negatives]
    s = 1 / (1 + np.exp(-outside[rows] @ centre[c]))
    s[0] -= 1
    gc, go = np.zeros_like(centre), np.zeros_like(outside)
    gc[c] = s @ outside[rows]
    go[rows] = np.outer(s, centre[c])
    return gc, go


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def backprop(centre, outside, c, o, negatives):
    v_c = centre[c]
    u_o = outside[o]
    grad_centre = np.zeros(centre.shape)
    grad_outside = np.zeros(outside.shape)
    err = sigmoid(np.dot(u_o, v_c)) - 1
    grad_outside[o] = err * v_c
    grad_centre[c] = err * u_o
    for k in negatives:
        u_k = outside[k]
        err = sigmoid(np.dot(u_k, v_c))
        grad_outside[k] += err * v_c
        grad_centre[c] = err * u_k
    return grad_centre, grad_outside

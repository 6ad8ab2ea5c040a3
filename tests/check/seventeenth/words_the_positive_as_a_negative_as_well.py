"""Words the positive as a negative as well.

expected kind: repeated-term or wrong-mask or wrong-point or missing-term
wrong line: 57
correction 57: for k in negatives:
what: The outside word counts as one of the negative ones as well
source: https://github.com/yasiemir/cs224n/issues/1
said: the indices of the samples contain the target, so that it is counted redundantly
"""

import numpy as np

PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    centres, outside = np.array([0, 3, 0, 5]), np.array([1, 2, 4, 1])
    negatives = np.array([[2, 2, 5], [1, 4, 4], [3, 5, 3], [0, 2, 0]])
    return r.normal(size=(6, 3)), r.normal(size=(6, 3)), centres, outside, negatives


def loss(V, U, centres, outside, negatives):
    total = 0
    for k in range(len(centres)):
        v = V[centres[k]]
        total = total + np.log(1 + np.exp(-(U[outside[k]] @ v))) + np.sum(np.log(1 + np.exp(U[negatives[k]] @ v)))
    return total


def right(V, U, centres, outside, negatives):
    words = np.column_stack((outside, negatives))
    labels = np.zeros(words.shape)
    labels[:, 0] = 1
    hidden = V[centres]
    rows = U[words]
    scores = np.einsum("bkd,bd->bk", rows, hidden)
    g = 1 / (1 + np.exp(-scores)) - labels
    grad_rows = g[:, :, None] * hidden[:, None, :]
    grad_hidden = np.einsum("bk,bkd->bd", g, rows)
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    np.add.at(dU, words, grad_rows)
    np.add.at(dV, centres, grad_hidden)
    return dV, dU


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_gradient(v, o, negatives, U):
    dU = np.zeros_like(U)
    u = U[o]
    z = sigmoid(u.dot(v))
    dv = (z - 1) * u
    dU[o] += (z - 1) * v
    for k in [o, *negatives]:
        z = sigmoid(U[k].dot(v))
        dv += z * U[k]
        dU[k] += z * v
    return dv, dU


def backprop(V, U, centres, outside, negatives):
    gradV, gradU = np.zeros_like(V), np.zeros_like(U)
    for c, o, neg in zip(centres, outside, negatives):
        dv, dU = neg_sampling_gradient(V[c], o, neg, U)
        gradV[c] += dv
        gradU += dU
    return gradV, gradU

"""Words outer vectors stepped before they are read.

expected kind: updated-parameter or wrong-point or stale-value
wrong line: 67 or 68
correction 67: pass
correction 68: grad_hidden = np.einsum("bk,bkd->bd", g, U[words])
what: The error of the centre is taken with the outer vectors after their step
source: https://github.com/piskvorky/gensim/issues/1303
said: the order of saving the error and of updating the outer vectors is the other one than in the original
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


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling_gradient(v, o, negatives, U):
    dU = np.zeros_like(U)
    u = U[o]
    z = sigmoid(u.dot(v))
    dv = (z - 1) * u
    dU[o] += (z - 1) * v
    for k in negatives:
        z = sigmoid(U[k].dot(v))
        dv += z * U[k]
        dU[k] += z * v
    return dv, dU


def right(V, U, centres, outside, negatives):
    gradV, gradU = np.zeros_like(V), np.zeros_like(U)
    for c, o, neg in zip(centres, outside, negatives):
        dv, dU = neg_sampling_gradient(V[c], o, neg, U)
        gradV[c] += dv
        gradU += dU
    return gradV, gradU


def backprop(V, U, centres, outside, negatives):
    words = np.column_stack((outside, negatives))
    labels = np.zeros(words.shape)
    labels[:, 0] = 1
    hidden = V[centres]
    rows = U[words]
    scores = np.einsum("bkd,bd->bk", rows, hidden)
    g = 1 / (1 + np.exp(-scores)) - labels
    grad_rows = g[:, :, None] * hidden[:, None, :]
    rows -= 0.1 * grad_rows
    grad_hidden = np.einsum("bk,bkd->bd", g, rows)
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    np.add.at(dU, words, grad_rows)
    np.add.at(dV, centres, grad_hidden)
    return dV, dU

"""word2vec with negative sampling, words may be drawn more than once.

expected kind: wrong-point or sign or missing-term
wrong line: 41
correction 41: negative = 1 - sigmoid(-np.dot(U[k], v_c))
what: a negative sample is weighted by sigmoid(-u v), as it stands in the loss, instead of 1 - sigmoid(-u v)
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def loss(o, negatives, v_c, U):
    cost = -np.log(sigmoid(U[o] @ v_c))
    for k in negatives:
        cost -= np.log(sigmoid(-U[k] @ v_c))
    return cost


def right(o, negatives, v_c, U):
    grad_U = np.zeros_like(U)
    positive = sigmoid(np.dot(U[o], v_c)) - 1
    grad_v = positive * U[o]
    grad_U[o] += positive * v_c
    for k in negatives:
        negative = 1 - sigmoid(-np.dot(U[k], v_c))
        grad_v += negative * U[k]
        grad_U[k] += negative * v_c
    return grad_v, grad_U


def backprop(o, negatives, v_c, U):
    grad_U = np.zeros_like(U)
    positive = sigmoid(np.dot(U[o], v_c)) - 1
    grad_v = positive * U[o]
    grad_U[o] += positive * v_c
    for k in negatives:
        negative = sigmoid(-np.dot(U[k], v_c))
        grad_v += negative * U[k]
        grad_U[k] += negative * v_c
    return grad_v, grad_U


PARAMETERS = ["v_c", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [0, r.integers(1, 7, size=5), r.normal(size=4), r.normal(size=(7, 4))]

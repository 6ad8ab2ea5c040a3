"""Combined pairs sigmoid of the margin itself and biases of items only shrunk.

expected kind: wrong-point or sign + missing-term or detached
wrong line: 60 and 66
correction 60: pull = np.exp(-margins) / (1 + np.exp(-margins))
correction 66: grads["bi"] = LAM * bi - weighted.sum(axis=0)
what: The pull is the sigmoid of the margin, not of minus the margin; the biases of the items get the gradient of the penalty alone
source: https://github.com/gorse-io/gorse/issues/805
said: somebody expects 1 / (1 + exp(-x)) where the code has exp(-x) / (1 + exp(-x)); the other, in github.com/hidasib/GRU4Rec/issues/10: the biases of BPR are never updated
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]
LAM = 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    factors = r.normal(size=(3, 2)), r.normal(size=(5, 2)), r.normal(size=3), r.normal(size=5)
    return *factors, np.array([0, 0, 1, 1, 2, 2]), np.array([0, 3, 1, 2, 4, 0]), np.array([1, 4, 0, 3, 2, 3])


def loss(P, Q, bu, bi, users, liked, other):
    up = bu[users] + bi[liked] + np.sum(P[users] * Q[liked], axis=1)
    down = bu[users] + bi[other] + np.sum(P[users] * Q[other], axis=1)
    penalty = np.sum(P**2) + np.sum(Q**2) + np.sum(bu**2) + np.sum(bi**2)
    return np.sum(np.log(1 + np.exp(down - up))) + 0.5 * LAM * penalty


def score(P, Q, bu, bi, u, i):
    return bu[u] + bi[i] + P[u].dot(Q[i])


def right(P, Q, bu, bi, users, liked, other):
    dP, dQ = LAM * P, LAM * Q
    dbu, dbi = LAM * bu, LAM * bi
    for u, i, j in zip(users, liked, other):
        margin = score(P, Q, bu, bi, u, i) - score(P, Q, bu, bi, u, j)
        push = 1 - 1 / (1 + np.exp(-margin))
        dbi[i] -= push
        dbi[j] += push
        dP[u] -= push * (Q[i] - Q[j])
        dQ[i] -= push * P[u]
        dQ[j] += push * P[u]
    return dP, dQ, dbu, dbi


def indicator(index, size):
    table = np.zeros((len(index), size))
    table[np.arange(len(index)), index] = 1
    return table


def backprop(P, Q, bu, bi, users, liked, other):
    who = indicator(users, len(P))
    contrast = indicator(liked, len(Q)) - indicator(other, len(Q))
    p, q = who @ P, contrast @ Q
    margins = np.einsum("nk,nk->n", p, q) + contrast @ bi
    pull = 1 / (1 + np.exp(-margins))
    weighted = pull[:, np.newaxis] * contrast
    grads = {}
    grads["P"] = LAM * P - who.T @ (pull[:, np.newaxis] * q)
    grads["Q"] = LAM * Q - weighted.T @ p
    grads["bu"] = LAM * bu
    grads["bi"] = LAM * bi
    return grads

"""Word2vec one taken from the negative samples.

expected kind: repeated-term or sign
wrong line: 60
correction 60: grad_U[index] += score_k * v_c
what: The vectors of the negative samples get the probability minus one, which belongs to the word of the context
source: https://github.com/Rockung/ml
said: the notes have the same formula, sigma minus one, for the negative samples as for the target
"""

import numpy as np

PARAMETERS = ["V", "U"]
PAIRS = [(1, 2, [0, 4]), (4, 1, [0, 2]), (4, 0, [3, 3])]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 4)), r.normal(size=(5, 4))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(V, U):
    total = 0.0
    for center, outside, negatives in PAIRS:
        v = V[center]
        total -= np.log(sigmoid(U[outside] @ v))
        for k in negatives:
            total -= np.log(sigmoid(-U[k] @ v))
    return total


def right(V, U):
    dV, dU = np.zeros_like(V), np.zeros_like(U)
    for c, o, ks in PAIRS:
        ids, labels = np.array([o, *ks]), np.array([1] + [0] * len(ks))
        g = sigmoid(U[ids] @ V[c]) - labels
        dV[c] += g @ U[ids]
        np.add.at(dU, ids, np.outer(g, V[c]))
    return dV, dU


def sgns_pair(v_c, o_idx, U, neg_idx):
    grad_v = np.zeros(v_c.shape)
    grad_U = np.zeros(U.shape)
    u_o = U[o_idx]
    score = sigmoid(np.dot(u_o, v_c))
    value = -np.log(score)
    error = score - 1
    grad_v += error * u_o
    grad_U[o_idx] += error * v_c
    for index in neg_idx:
        u_k = U[index]
        score_k = sigmoid(np.dot(u_k, v_c))
        value -= np.log(1 - score_k)
        grad_v += score_k * u_k
        grad_U[index] += (score_k - 1) * v_c
    return value, grad_v, grad_U


def backprop(V, U):
    grad_in, grad_out = np.zeros_like(V), np.zeros_like(U)
    for center, outside, negatives in PAIRS:
        _, gradCenter, gradOutside = sgns_pair(V[center], outside, U, negatives)
        grad_in[center] += gradCenter
        grad_out += gradOutside
    return grad_in, grad_out

"""Combined attention key scale and value weights.

expected kind: missing-factor or scale + wrong-point or stale-value
wrong line: 50 and 54
correction 50: dV = weights.transpose(0, 2, 1) @ dout
correction 54: dK = dscores.transpose(0, 2, 1) @ Q * scale
what: The keys lack the scale that the queries have, and the values meet the scores where they should meet the weights
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Q", "K", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 4, 3)), r.normal(size=(2, 5, 3)), r.normal(size=(2, 5, 3)), r.normal(size=(2, 4, 3))


def loss(Q, K, V, Y):
    total = 0.0
    for b in range(2):
        s = Q[b] @ K[b].T / np.sqrt(3)
        a = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
        total = total + np.sum((a @ V[b] - Y[b]) ** 2)
    return total


def right(Q, K, V, Y):
    S = np.einsum("bqd,bkd->bqk", Q, K) / 3**0.5
    A = np.exp(S) / np.exp(S).sum(2, keepdims=True)
    E = 2 * (np.einsum("bqk,bkd->bqd", A, V) - Y)
    G = np.einsum("bqd,bkd->bqk", E, V)
    D = A * (G - (A * G).sum(2, keepdims=True)) / 3**0.5
    return np.einsum("bqk,bkd->bqd", D, K), np.einsum("bqk,bqd->bkd", D, Q), np.einsum("bqk,bqd->bkd", A, E)


def attention(Q, K, V):
    scale = 1 / np.sqrt(Q.shape[-1])
    scores = Q @ K.transpose(0, 2, 1) * scale
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ V, (Q, K, V, scores, weights, scale)


def attention_backward(dout, cache):
    Q, K, V, scores, weights, scale = cache
    dV = scores.transpose(0, 2, 1) @ dout
    dweights = dout @ V.transpose(0, 2, 1)
    dscores = weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))
    dQ = dscores @ K * scale
    dK = dscores.transpose(0, 2, 1) @ Q
    return dQ, dK, dV


def backprop(Q, K, V, Y):
    out, cache = attention(Q, K, V)
    return attention_backward(2 * (out - Y), cache)

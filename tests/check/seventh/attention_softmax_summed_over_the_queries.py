"""Attention softmax summed over the queries.

expected kind: wrong-axis
wrong line: 58
correction 58: dS = P * (dP - np.sum(dP * P, axis=-1, keepdims=True))
what: In the derivative of the softmax the sum is taken over the queries and not over the keys
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Q", "K", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    keep = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1]]) > 0
    return *(r.normal(size=(3, 4, 2)) for _ in range(3)), keep, r.normal(size=(3, 4, 2))


def loss(Q, K, V, keep, Y):
    scores = np.einsum("bqd,bkd->bqk", Q, K) / np.sqrt(Q.shape[-1])
    e = np.exp(scores) * keep[:, None, :]
    out = np.einsum("bqk,bkd->bqd", e / e.sum(-1, keepdims=True), V)
    return np.mean((out - Y) ** 2)


def right(Q, K, V, keep, Y):
    dQ, dK, dV, root = 0 * Q, 0 * K, 0 * V, np.sqrt(Q.shape[-1])
    for n in range(len(Q)):
        k, v = K[n][keep[n]], V[n][keep[n]]
        p = np.exp(Q[n] @ k.T / root)
        p = p / p.sum(1, keepdims=True)
        g = 2 * (p @ v - Y[n]) / Y.size
        s = np.stack([(np.diag(row) - np.outer(row, row)) @ (v @ d) for row, d in zip(p, g)]) / root
        dQ[n] = s @ k
        dK[n, keep[n]] = s.T @ Q[n]
        dV[n, keep[n]] = p.T @ g
    return dQ, dK, dV


def attention_forward(Q, K, V, keep):
    d_k = Q.shape[-1]
    scores = np.matmul(Q, K.transpose(0, 2, 1)) / np.sqrt(d_k)
    scores = np.where(keep[:, None, :], scores, -1e9)
    scores = scores - scores.max(axis=-1, keepdims=True)
    P = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    return np.matmul(P, V), P


def backprop(Q, K, V, keep, Y):
    out, P = attention_forward(Q, K, V, keep)
    d_k = Q.shape[-1]
    dout = 2 * (out - Y) / out.size
    dV = np.matmul(P.transpose(0, 2, 1), dout)
    dP = np.matmul(dout, V.transpose(0, 2, 1))
    dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
    dS = np.where(keep[:, None, :], dS, 0)
    dQ = np.matmul(dS, K) / np.sqrt(d_k)
    dK = np.matmul(dS.transpose(0, 2, 1), Q) / np.sqrt(d_k)
    return dQ, dK, dV

"""Combined attention root forgotten and weights not turned.

expected kind: missing-factor or scale + transpose
wrong line: 62 and 58
correction 58: dV = np.matmul(attn.transpose(0, 2, 1), dout)
correction 62: dQ = np.matmul(dlogits, K) / np.sqrt(d_k)
what: The queries' gradient isn't divided by the root of the width, and the values' one has the weights without
    their transposition
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Q", "K", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    padding_mask = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 1, 1]]) > 0
    return *(r.normal(size=(3, 4, 3)) for _ in range(3)), padding_mask, r.normal(size=(3, 4, 3))


def loss(Q, K, V, padding_mask, Y):
    scores = np.einsum("bqd,bkd->bqk", Q, K) / np.sqrt(Q.shape[-1])
    e = np.exp(scores) * padding_mask[:, None, :]
    out = np.einsum("bqk,bkd->bqd", e / e.sum(-1, keepdims=True), V)
    return np.mean((out - Y) ** 2)


def right(Q, K, V, padding_mask, Y):
    dQ, dK, dV, root = 0 * Q, 0 * K, 0 * V, np.sqrt(Q.shape[-1])
    for n in range(len(Q)):
        k, v = K[n][padding_mask[n]], V[n][padding_mask[n]]
        p = np.exp(Q[n] @ k.T / root)
        p = p / p.sum(1, keepdims=True)
        g = 2 * (p @ v - Y[n]) / Y.size
        s = np.stack([(np.diag(row) - np.outer(row, row)) @ (v @ d) for row, d in zip(p, g)]) / root
        dQ[n] = s @ k
        dK[n, padding_mask[n]] = s.T @ Q[n]
        dV[n, padding_mask[n]] = p.T @ g
    return dQ, dK, dV


def attend(Q, K, V, padding_mask):
    d_k = Q.shape[-1]
    scores = np.matmul(Q, K.transpose(0, 2, 1)) / np.sqrt(d_k)
    scores = np.where(padding_mask[:, None, :], scores, -1e9)
    scores = scores - scores.max(axis=-1, keepdims=True)
    attn = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    return np.matmul(attn, V), attn


def backprop(Q, K, V, padding_mask, Y):
    out, attn = attend(Q, K, V, padding_mask)
    d_k = Q.shape[-1]
    dout = 2 * (out - Y) / out.size
    dV = np.matmul(attn, dout)
    dattn = np.matmul(dout, V.transpose(0, 2, 1))
    dlogits = attn * (dattn - np.sum(dattn * attn, axis=-1, keepdims=True))
    dlogits = np.where(padding_mask[:, None, :], dlogits, 0)
    dQ = np.matmul(dlogits, K)
    dK = np.matmul(dlogits.transpose(0, 2, 1), Q) / np.sqrt(d_k)
    return dQ, dK, dV

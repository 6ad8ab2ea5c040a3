"""Attention keys without the scale.

expected kind: missing-factor or scale
wrong line: 52
correction 52: dK = np.matmul(dscores.T, Q) / np.sqrt(d_k)
what: The keys of an attention lack the factor 1/sqrt(d), the queries have it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Q", "K", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(5, 4)), r.normal(size=(5, 2)), r.normal(size=(3, 2))


def loss(Q, K, V, T):
    s = Q @ K.T / np.sqrt(Q.shape[1])
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    return 0.5 * np.sum((e / np.sum(e, axis=1, keepdims=True) @ V - T) ** 2)


def right(Q, K, V, T):
    c = Q.shape[1] ** -0.5
    p = np.exp(Q @ K.T * c)
    p /= p.sum(1, keepdims=True)
    d = p @ V - T
    g = d @ V.T
    g = c * p * (g - (g * p).sum(1, keepdims=True))
    return g @ K, g.T @ Q, p.T @ d


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def backprop(Q, K, V, T):
    d_k = K.shape[-1]
    scores = np.matmul(Q, K.T) / np.sqrt(d_k)
    attn = softmax(scores)
    context = np.matmul(attn, V)
    dcontext = context - T
    dV = np.matmul(attn.T, dcontext)
    dattn = np.matmul(dcontext, V.T)
    dscores = attn * (dattn - np.sum(dattn * attn, axis=-1, keepdims=True))
    dQ = np.matmul(dscores, K) / np.sqrt(d_k)
    dK = np.matmul(dscores.T, Q)
    return dQ, dK, dV

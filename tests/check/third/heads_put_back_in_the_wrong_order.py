"""Heads put back in the wrong order.

expected kind: transpose or wrong-shape
wrong line: 64
correction 64: dQ = merge(dq)
what: The gradients of the heads are put side by side without the axes of heads and tokens exchanged again
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wv"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=(4, 4)), r.normal(size=(3, 4)), r.normal(size=(3, 4))


def loss(Wq, Wv, X, Y):
    Q, V = X @ Wq, X @ Wv
    total = 0
    for h in range(HEADS):
        cols = slice(2 * h, 2 * h + 2)
        S = Q[:, cols] @ X[:, cols].T / np.sqrt(2)
        A = np.exp(S) / np.sum(np.exp(S), axis=1, keepdims=True)
        total = total + np.sum((A @ V[:, cols] - Y[:, cols]) ** 2)
    return total


def right(Wq, Wv, X, Y):
    Q, V, dQ, dV = X @ Wq, X @ Wv, np.zeros((3, 4)), np.zeros((3, 4))
    for c in (slice(0, 2), slice(2, 4)):
        A = np.exp(Q[:, c] @ X[:, c].T / 2**0.5)
        A /= A.sum(1, keepdims=True)
        d = 2 * (A @ V[:, c] - Y[:, c])
        dV[:, c] = A.T @ d
        G = d @ V[:, c].T
        dQ[:, c] = A * (G - (A * G).sum(1, keepdims=True)) @ X[:, c] / 2**0.5
    return X.T @ dQ, X.T @ dV


def split(x):
    return x.reshape(len(x), HEADS, -1).transpose(1, 0, 2)


def merge(x):
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)


def backprop(Wq, Wv, X, Y):
    q, k, v = split(X @ Wq), split(X), split(X @ Wv)
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    attn = np.exp(scores - scores.max(axis=-1, keepdims=True))
    attn /= attn.sum(axis=-1, keepdims=True)
    out = merge(attn @ v)
    dout = split(2 * (out - Y))
    dv = attn.transpose(0, 2, 1) @ dout
    dattn = dout @ v.transpose(0, 2, 1)
    dscores = attn * (dattn - np.sum(dattn * attn, axis=-1, keepdims=True))
    dq = dscores @ k / np.sqrt(q.shape[-1])
    dQ = dq.reshape(len(X), -1)
    return X.T @ dQ, X.T @ merge(dv)

"""Cosine by the norm of the whole batch.

expected kind: wrong-axis or missing-sum
wrong line: 47
correction 47: norm = np.linalg.norm(out, axis=-1, keepdims=True)
what: On the way back the vectors are divided by one norm, that of the whole batch, and not each by its own
source: https://github.com/MichalBortkiewicz/JaxGCRL/pull/64
said: the norm has no axis, and so is that of the whole batch instead of one for each sample
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(6, 4)), r.normal(size=(6, 3))


def loss(W, X, T):
    out = X @ W
    cos = np.sum(out * T, axis=1) / (np.sqrt(np.sum(out**2, axis=1)) * np.sqrt(np.sum(T**2, axis=1)))
    return np.mean(1 - cos)


def right(W, X, T):
    dW = np.zeros_like(W)
    for x, t in zip(X, T):
        o = x @ W
        t = t / np.linalg.norm(t)
        n = np.linalg.norm(o)
        dW -= np.outer(x, t / n - o * (o @ t) / n**3)
    return dW / len(X)


def l2_normalize(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def backprop(W, X, T):
    N = X.shape[0]
    out = X.dot(W)
    u, t = l2_normalize(out), l2_normalize(T)
    # loss = mean(1 - sum(u * t))
    du = -t / N
    norm = np.linalg.norm(out)
    dout = (du - u * np.sum(du * u, axis=-1, keepdims=True)) / norm
    return X.T.dot(dout)

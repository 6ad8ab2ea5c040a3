"""Multi-head attention of queries to other tokens.

expected kind: wrong-shape or transpose + missing-factor or scale
wrong line: 52 and 56
correction 52: ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True)) / np.sqrt(WIDTH)
correction 56: dq, dk, dv = (d.transpose(1, 0, 2).reshape(-1, N_HEAD * WIDTH) for d in (dq, dk, dv))
what: the heads' gradients are put back without transposing; the scores' gradient is not divided by the root of the head's width
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

N_HEAD, WIDTH = 2, 3


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def to_heads(M):
    return M.reshape(-1, N_HEAD, WIDTH).transpose(1, 0, 2)


def loss(X, M, T, Wq, Wk, Wv):
    q, k, v = to_heads(X @ Wq), to_heads(M @ Wk), to_heads(M @ Wv)
    p = softmax(np.einsum("hid,hjd->hij", q, k) / np.sqrt(WIDTH))
    out = np.einsum("hij,hjd->ihd", p, v).reshape(len(X), -1)
    return np.sum((out - T) ** 2)


def right(X, M, T, Wq, Wk, Wv):
    q, k, v = to_heads(X @ Wq), to_heads(M @ Wk), to_heads(M @ Wv)
    p = softmax(np.einsum("hid,hjd->hij", q, k) / np.sqrt(WIDTH))
    out = np.einsum("hij,hjd->ihd", p, v).reshape(len(X), -1)
    g = to_heads(2 * (out - T))
    dp = np.einsum("hid,hjd->hij", g, v)
    ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True)) / np.sqrt(WIDTH)
    dq = np.einsum("hij,hjd->hid", ds, k)
    dk = np.einsum("hij,hid->hjd", ds, q)
    dv = np.einsum("hij,hid->hjd", p, g)
    dq, dk, dv = (d.transpose(1, 0, 2).reshape(-1, N_HEAD * WIDTH) for d in (dq, dk, dv))
    return X.T @ dq, M.T @ dk, M.T @ dv


def backprop(X, M, T, Wq, Wk, Wv):
    q, k, v = to_heads(X @ Wq), to_heads(M @ Wk), to_heads(M @ Wv)
    p = softmax(np.einsum("hid,hjd->hij", q, k) / np.sqrt(WIDTH))
    out = np.einsum("hij,hjd->ihd", p, v).reshape(len(X), -1)
    g = to_heads(2 * (out - T))
    dp = np.einsum("hid,hjd->hij", g, v)
    ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True))
    dq = np.einsum("hij,hjd->hid", ds, k)
    dk = np.einsum("hij,hid->hjd", ds, q)
    dv = np.einsum("hij,hid->hjd", p, g)
    dq, dk, dv = (d.reshape(-1, N_HEAD * WIDTH) for d in (dq, dk, dv))
    return X.T @ dq, M.T @ dk, M.T @ dv


PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 5)), r.normal(size=(3, 5)), r.normal(size=(4, 6)), *(r.normal(size=(5, 6)) for _ in range(3))]

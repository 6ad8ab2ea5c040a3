"""Attention keys untransposed.

expected kind: transpose
wrong line: 60
correction 60: dk = np.dot(ds.T, q)
what: The scores' gradient isn't transposed for the keys
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes = [(4, 3), (4, 2), (3, 2), (3, 2), (3, 2)]
    return np.tril(np.ones((4, 4))), *[r.normal(size=s) for s in sizes]


def loss(mask, x, t, Wq, Wk, Wv):
    e = np.exp(x @ Wq @ (x @ Wk).T / np.sqrt(2)) * mask
    return 0.5 * np.sum((e / e.sum(axis=1, keepdims=True) @ x @ Wv - t) ** 2)


def right(mask, x, t, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scale = q.shape[1] ** -0.5
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for i in range(len(x)):
        seen = np.flatnonzero(mask[i])
        e = np.exp(k[seen] @ q[i] * scale)
        a = e / e.sum()
        g = a @ v[seen] - t[i]
        dv[seen] += np.outer(a, g)
        da = v[seen] @ g
        jacobian = np.diag(a) - np.outer(a, a)
        ds = jacobian @ da * scale
        dq[i] = ds @ k[seen]
        dk[seen] += np.outer(ds, q[i])
    return x.T @ dq, x.T @ dk, x.T @ dv


def softmax_backward(p, dp):
    return p * (dp - np.sum(dp * p, axis=-1, keepdims=True))


def backprop(mask, x, t, Wq, Wk, Wv):
    q, k, v = np.dot(x, Wq), np.dot(x, Wk), np.dot(x, Wv)
    scores = np.where(mask > 0, np.dot(q, k.T) / np.sqrt(2), -np.inf)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    dout = np.dot(p, v) - t
    dv = np.dot(p.T, dout)
    dp = np.dot(dout, v.T)
    ds = softmax_backward(p, dp)
    ds = ds / np.sqrt(2)
    dq = np.dot(ds, k)
    dk = np.dot(ds, q)
    return np.dot(x.T, dq), np.dot(x.T, dk), np.dot(x.T, dv)

"""Combined bobbin query matrix for keys and spread held constant.

expected kind: wrong-parameter + missing-term or detached
wrong line: 104 and 119
correction 104: dh = dh + dq @ A.T + dk @ B.T
correction 119: dy = inv * (dhat - dhat.mean(axis=-1, keepdims=True) - hat * along)
what: Keys go back through the matrix of the queries, and layer norm treats the standard deviation as a constant
source: https://github.com/pyg-team/pytorch_geometric/issues/1642
said: both ends of an edge were weighed with the same vector of attention, where there are two
"""

import numpy as np

PARAMETERS = ["W", "A", "B", "v", "g", "b", "u"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    # three machines with four bobbins each, four measures of a thread; how soon the machine wears out
    W, A, B, v = r.normal(size=(4, 4)), r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=3)
    g, b, u = 1 + 0.3 * r.normal(size=4), 0.3 * r.normal(size=4), r.normal(size=4)
    return W, A, B, v, g, b, u, r.normal(size=(3, 4, 4)), r.normal(size=3)


def loss(W, A, B, v, g, b, u, threads, wear):
    h = threads @ W
    s = np.tanh((h @ A)[:, :, None, :] + (h @ B)[:, None, :, :]) @ v
    e = np.exp(s - np.max(s, axis=2, keepdims=True))
    y = threads + e / np.sum(e, axis=2, keepdims=True) @ h
    off = y - np.mean(y, axis=2, keepdims=True)
    z = g * off / np.sqrt(np.mean(off * off, axis=2, keepdims=True) + EPS) + b
    return np.mean((np.mean(z, axis=1) @ u - wear) ** 2)


def right(W, A, B, v, g, b, u, threads, wear):
    n, T, d = threads.shape
    gW, gA, gB, gv = np.zeros(W.shape), np.zeros(A.shape), np.zeros(B.shape), np.zeros(v.shape)
    gg, gb, gu = np.zeros(d), np.zeros(d), np.zeros(d)
    for x, goal in zip(threads, wear):
        # forward, one query after the other
        h = x @ W
        query, key = h @ A, h @ B
        att, hidden = np.empty((T, T)), np.empty((T, T, len(v)))
        for t in range(T):
            hidden[t] = np.tanh(query[t] + key)
            score = hidden[t] @ v
            score = np.exp(score - score.max())
            att[t] = score / score.sum()
        y = x + att @ h
        centred = y - y.mean(axis=1, keepdims=True)
        std = np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPS)
        hat = centred / std
        z = g * hat + b
        pooled = z.mean(axis=0)

        # backward
        dout = 2 * (pooled @ u - goal) / n
        gu += dout * pooled
        dz = np.tile(dout * u / T, (T, 1))
        gg += (dz * hat).sum(axis=0)
        gb += dz.sum(axis=0)
        dhat = dz * g
        dy = dhat - dhat.mean(axis=1, keepdims=True) - hat * (dhat * hat).mean(axis=1, keepdims=True)
        dy /= std
        dh = att.T @ dy
        dquery, dkey = np.zeros(query.shape), np.zeros(key.shape)
        for t in range(T):
            datt = h @ dy[t]
            dscore = att[t] * (datt - att[t] @ datt)
            gv += dscore @ hidden[t]
            dsum = np.outer(dscore, v) * (1 - hidden[t] ** 2)
            dquery[t] = dsum.sum(axis=0)
            dkey += dsum
        gA += h.T @ dquery
        gB += h.T @ dkey
        gW += x.T @ (dh + dquery @ A.T + dkey @ B.T)
    return gW, gA, gB, gv, gg, gb, gu


def linear(x, W):
    def pull(dy):
        return dy @ W.T, np.tensordot(x, dy, axes=([0, 1], [0, 1]))

    return x @ W, pull


def additive_attention(h, A, B, v):
    q, pull_q = linear(h, A)
    k, pull_k = linear(h, B)
    t = np.tanh(q[:, :, None] + k[:, None])
    w = np.exp(t @ v)
    w /= w.sum(axis=-1, keepdims=True)

    def pull(dc):
        dw = dc @ h.swapaxes(1, 2)
        ds = w * (dw - (w * dw).sum(axis=-1, keepdims=True))
        dv = np.einsum("nij,nijm->m", ds, t)
        dt = ds[..., None] * v * (1 - t * t)
        dq, dk = dt.sum(axis=2), dt.sum(axis=1)
        _, dA = pull_q(dq)
        _, dB = pull_k(dk)
        dh = w.swapaxes(1, 2) @ dc
        dh = dh + dq @ A.T + dk @ A.T
        return dh, dA, dB, dv

    return w @ h, pull


def layer_norm(y, g, b):
    mu = y.mean(axis=-1, keepdims=True)
    inv = 1 / np.sqrt(y.var(axis=-1, keepdims=True) + EPS)
    hat = (y - mu) * inv

    def pull(dz):
        dg, db = (dz * hat).sum(axis=(0, 1)), dz.sum(axis=(0, 1))
        dhat = dz * g
        along = np.mean(dhat * hat, axis=-1, keepdims=True)
        dy = inv * (dhat - dhat.mean(axis=-1, keepdims=True))
        return dy, dg, db

    return g * hat + b, pull


def backprop(W, A, B, v, g, b, u, threads, wear):
    n, T, _ = threads.shape
    h, pull_h = linear(threads, W)
    c, pull_c = additive_attention(h, A, B, v)
    z, pull_z = layer_norm(threads + c, g, b)
    pooled = z.mean(axis=1)
    dout = 2 * (pooled @ u - wear) / n
    dz = np.repeat(np.outer(dout, u)[:, None] / T, T, axis=1)
    dy, dg, db = pull_z(dz)
    dh, dA, dB, dv = pull_c(dy)
    _, dW = pull_h(dh)
    return {"W": dW, "A": dA, "B": dB, "v": dv, "g": dg, "b": db, "u": dout @ pooled}

"""Abacus root of all columns for that of a head.

expected kind: scale or wrong-point
wrong line: 102
correction 102: ds = ds / self.size**0.5
what: On the way back scores are divided by the root of the whole width, not by that of the width of a head
source: https://github.com/lucidrains/vit-pytorch/issues/65
said: the scale is made from the whole dimension, where it should be the one of a head
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo", "C"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    n, T, d, kinds = 4, 4, 6, 3
    Wq, Wk, Wv, Wo = (0.7 * r.normal(size=(d, d)) for _ in range(4))
    return Wq, Wk, Wv, Wo, r.normal(size=(d, kinds)), r.normal(size=(n, T, d)), r.integers(0, kinds, size=n)


def loss(Wq, Wk, Wv, Wo, C, beads, kind):
    T, d = beads.shape[1:]
    size = d // HEADS
    later = 1e4 * np.triu(np.ones((T, T)), 1)
    total = 0.0
    for x, y in zip(beads, kind):
        heads = []
        for k in range(HEADS):
            part = slice(k * size, (k + 1) * size)
            s = (x @ Wq[:, part]) @ (x @ Wk[:, part]).T / np.sqrt(size) - later
            e = np.exp(s - np.max(s, axis=1, keepdims=True))
            heads.append(e / np.sum(e, axis=1, keepdims=True) @ (x @ Wv[:, part]))
        logits = np.mean(np.concatenate(heads, axis=1) @ Wo, axis=0) @ C
        total = total + np.log(np.sum(np.exp(logits))) - logits[y]
    return total / len(kind)


def split_heads(x):
    N, T, D = x.shape
    return x.reshape(N, T, HEADS, D // HEADS).transpose(0, 2, 1, 3)


def merge_heads(x):
    N, A, T, S = x.shape
    return x.transpose(0, 2, 1, 3).reshape(N, T, A * S)


def right(Wq, Wk, Wv, Wo, C, beads, kind):
    N, T, D = beads.shape
    root = np.sqrt(D / HEADS)
    q, k, v = split_heads(beads @ Wq), split_heads(beads @ Wk), split_heads(beads @ Wv)
    scores = np.einsum("nhid,nhjd->nhij", q, k) / root
    hidden = np.tril(np.ones((T, T))) == 0
    scores = np.where(hidden, -np.inf, scores)
    att = np.exp(scores - scores.max(axis=-1, keepdims=True))
    att /= att.sum(axis=-1, keepdims=True)
    joined = merge_heads(np.einsum("nhij,nhjd->nhid", att, v))
    pooled = (joined @ Wo).mean(axis=1)

    p = np.exp(pooled @ C)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(N), kind] -= 1
    p /= N
    dC = pooled.T @ p
    dout = np.repeat((p @ C.T)[:, None, :] / T, T, axis=1)
    dWo = np.einsum("nti,ntj->ij", joined, dout)
    dhead = split_heads(dout @ Wo.T)
    dv = np.einsum("nhij,nhid->nhjd", att, dhead)
    datt = np.einsum("nhid,nhjd->nhij", dhead, v)
    ds = att * (datt - np.sum(datt * att, axis=-1, keepdims=True)) / root
    dq = np.einsum("nhij,nhjd->nhid", ds, k)
    dk = np.einsum("nhij,nhid->nhjd", ds, q)
    flat = beads.reshape(N * T, D)
    dWq, dWk, dWv = (flat.T @ merge_heads(g).reshape(N * T, D) for g in (dq, dk, dv))
    return dWq, dWk, dWv, dWo, dC


class Head:
    """One head of attention for one string of beads; positions are taken one by one."""

    def __init__(self, Wq, Wk, Wv, embed):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.size, self.embed = Wq.shape[1], embed

    def forward(self, x):
        self.x, self.q, self.k, self.v = x, x @ self.Wq, x @ self.Wk, x @ self.Wv
        self.rows = []
        for t in range(len(x)):
            s = self.k[: t + 1] @ self.q[t] / self.size**0.5
            e = np.exp(s - s.max())
            self.rows.append(e / e.sum())
        return np.array([a @ self.v[: t + 1] for t, a in enumerate(self.rows)])

    def backward(self, dy):
        dq, dk, dv = np.zeros_like(self.q), np.zeros_like(self.k), np.zeros_like(self.v)
        for t, a in enumerate(self.rows):
            da = self.v[: t + 1] @ dy[t]
            ds = a * (da - a @ da)
            ds = ds / self.embed**0.5
            dq[t] = ds @ self.k[: t + 1]
            dk[: t + 1] += np.outer(ds, self.q[t])
            dv[: t + 1] += np.outer(a, dy[t])
        return self.x.T @ dq, self.x.T @ dk, self.x.T @ dv


def backprop(Wq, Wk, Wv, Wo, C, beads, kind):
    d = Wq.shape[0]
    columns = np.split(np.arange(d), HEADS)
    grads = {n: np.zeros_like(p) for n, p in zip(PARAMETERS, (Wq, Wk, Wv, Wo, C))}
    for x, y in zip(beads, kind):
        heads = [Head(Wq[:, c], Wk[:, c], Wv[:, c], d) for c in columns]
        joined = np.hstack([h.forward(x) for h in heads])
        mean = joined.mean(axis=0) @ Wo
        p = np.exp(mean @ C)
        p /= p.sum()
        p[y] -= 1
        p /= len(kind)
        dmean = C @ p / len(x)
        grads["C"] += np.outer(mean, p)
        grads["Wo"] += np.outer(joined.sum(axis=0), dmean)
        djoined = np.tile(Wo @ dmean, (len(x), 1))
        for h, c in zip(heads, columns):
            for name, g in zip(("Wq", "Wk", "Wv"), h.backward(djoined[:, c])):
                grads[name][:, c] += g
    return grads

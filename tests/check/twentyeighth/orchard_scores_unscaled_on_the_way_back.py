"""Orchard scores unscaled on the way back.

expected kind: scale or missing-factor
wrong line: 129
correction 129: ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True)) / np.sqrt(d)
what: The scores are divided by the root of the width of a head, their gradient isn't
source: https://github.com/tenstorrent/tt-metal/issues/53207
said: an audit of attention kernels: forward and backward don't agree about the scale of the softmax
"""

import numpy as np

PARAMETERS = ["Q", "K", "V", "O", "A", "a", "B", "r"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    # trees of an orchard, fewer in some rows: how much does a row bear?
    rows, trees, D, F = 3, 4, 4, 5
    Q, K, V, O = (0.8 * r.normal(size=(D, D)) for _ in range(4))
    hidden = 0.7 * r.normal(size=(D, F)), 0.3 * r.normal(size=F), 0.7 * r.normal(size=(F, D))
    return Q, K, V, O, *hidden, r.normal(size=D), r.normal(size=(rows, trees, D)), np.array([4, 2, 3]), r.normal(size=rows)


def loss(Q, K, V, O, A, a, B, r, orchard, trees, fruit):
    total, d = 0.0, Q.shape[1] // HEADS
    for x, count, weight in zip(orchard, trees, fruit):
        there = np.arange(x.shape[0]) < count
        heads = []
        for h in range(HEADS):
            at = slice(h * d, (h + 1) * d)
            s = np.where(there, (x @ Q[:, at]) @ (x @ K[:, at]).T / np.sqrt(d), -1e9)
            e = np.exp(s - np.max(s, axis=1, keepdims=True))
            heads.append(e / np.sum(e, axis=1, keepdims=True) @ (x @ V[:, at]))
        y = x + np.concatenate(heads, axis=1) @ O
        z = y + np.maximum(y @ A + a, 0) @ B
        mean = np.sum(z * there[:, None], axis=0) / count
        total = total + (mean @ r - weight) ** 2
    return 0.5 * total / fruit.shape[0]


class Head:
    """One head in one row of trees. The shares are computed anew on the way back, from what is in `lse`."""

    def __init__(self, x, count, WQ, WK, WV):
        self.x, self.count = x, count
        self.q, self.k, self.v = x @ WQ, x @ WK, x @ WV
        self.root = np.sqrt(WQ.shape[1])

    def forward(self):
        s = self.q @ self.k[: self.count].T / self.root
        self.lse = np.log(np.exp(s).sum(axis=1))
        return np.exp(s - self.lse[:, None]) @ self.v[: self.count]

    def backward(self, do, out):
        trees = np.arange(len(self.x))
        live = trees < self.count
        p = np.exp(self.q @ self.k.T / self.root - self.lse[:, None]) * live
        delta = np.sum(do * out, axis=1)
        ds = p * (do @ self.v.T - delta[:, None]) / self.root
        return self.x.T @ (ds @ self.k), self.x.T @ (ds.T @ self.q), self.x.T @ (p.T @ do)


def right(Q, K, V, O, A, a, B, r, orchard, trees, fruit):
    g = {name: np.zeros_like(w) for name, w in zip("QKVOAaBr", (Q, K, V, O, A, a, B, r))}
    d = Q.shape[1] // HEADS
    columns = [slice(h * d, h * d + d) for h in range(HEADS)]
    for x, count, target in zip(orchard, trees, fruit):
        heads = [Head(x, count, Q[:, c], K[:, c], V[:, c]) for c in columns]
        outs = [head.forward() for head in heads]
        o = np.hstack(outs)
        y = x + o @ O
        pre = y @ A + a
        z = y + np.maximum(pre, 0) @ B
        mean = z[:count].mean(axis=0)
        e = (mean @ r - target) / len(fruit)
        g["r"] += e * mean
        dz = np.zeros_like(z)
        dz[:count] = e * r / count
        g["B"] += np.maximum(pre, 0).T @ dz
        dpre = np.where(pre > 0, dz @ B.T, 0)
        g["A"] += y.T @ dpre
        g["a"] += dpre.sum(axis=0)
        dy = dz + dpre @ A.T
        g["O"] += o.T @ dy
        do = dy @ O.T
        for c, head, out in zip(columns, heads, outs):
            for name, part in zip("QKV", head.backward(do[:, c], out)):
                g[name][:, c] += part
    return g


def split_heads(x):
    n, t, D = x.shape
    return x.reshape(n, t, HEADS, D // HEADS).transpose(0, 2, 1, 3)


def merge_heads(x):
    n, h, t, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(n, t, h * d)


def backprop(Q, K, V, O, A, a, B, r, orchard, trees, fruit):
    x, n, d = orchard, len(fruit), Q.shape[1] // HEADS
    there = np.arange(x.shape[1])[None] < trees[:, None]
    q, k, v = split_heads(x @ Q), split_heads(x @ K), split_heads(x @ V)
    s = np.einsum("nhqd,nhkd->nhqk", q, k) / np.sqrt(d)
    s[np.broadcast_to(~there[:, None, None], s.shape)] = -np.inf
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    o = merge_heads(p @ v)
    y = x + o @ O
    hidden = np.maximum(y @ A + a, 0)
    z = y + hidden @ B
    share = there[:, :, None] / trees[:, None, None]
    mean = (z * share).sum(axis=1)
    # and back
    e = (mean @ r - fruit) / n
    dr = mean.T @ e
    dz = share * (e[:, None] * r)[:, None]
    dB = np.einsum("ntf,ntd->fd", hidden, dz)
    dhidden = (dz @ B.T) * (hidden > 0)
    dA, da = np.einsum("ntd,ntf->df", y, dhidden), dhidden.sum(axis=(0, 1))
    dy = dz + dhidden @ A.T
    dO = np.einsum("nti,ntj->ij", o, dy)
    do = split_heads(dy @ O.T)
    dp = do @ v.swapaxes(2, 3)
    ds = p * (dp - np.sum(dp * p, axis=-1, keepdims=True))
    dq, dk, dv = ds @ k, ds.swapaxes(2, 3) @ q, p.swapaxes(2, 3) @ do
    dQ, dK, dV = (np.einsum("nti,ntj->ij", x, merge_heads(g)) for g in (dq, dk, dv))
    return dQ, dK, dV, dO, dA, da, dB, dr

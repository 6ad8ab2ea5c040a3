"""Goblet keys from the untransposed slopes.

expected kind: transpose
wrong line: 107
correction 107: dk = dS.T @ q
what: The gradient of the keys takes that of the scores untransposed
source: https://github.com/Dao-AILab/flash-attention/issues/373
said: in the paper's chain rule the gradient of the keys has the transposition in the wrong place; it should be that of the scores transposed, times the queries
"""

import numpy as np

PARAMETERS = ["Q", "K", "V", "g", "b", "w"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    # four feasts, five goblets each, three measures; did it end well?
    Q, K, V = r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(3, 3))
    g, b, w = r.uniform(0.6, 1.5, size=3), 0.3 * r.normal(size=3), r.normal(size=3)
    return Q, K, V, g, b, w, r.normal(size=(4, 5, 3)), r.integers(0, 2, size=4)


def loss(Q, K, V, g, b, w, feasts, well):
    scores = (feasts @ Q) @ np.swapaxes(feasts @ K, 1, 2) / np.sqrt(3)
    e = np.exp(scores - np.max(scores, axis=2, keepdims=True))
    u = feasts + e / np.sum(e, axis=2, keepdims=True) @ (feasts @ V)
    u = u - np.mean(u, axis=2, keepdims=True)
    y = g * u / np.sqrt(np.mean(u * u, axis=2, keepdims=True) + EPS) + b
    s = np.mean(y, axis=1) ** 2 @ w
    return np.mean(np.log(1 + np.exp(s)) - well * s)


class Attention:
    def __init__(self, Q, K, V):
        self.Q, self.K, self.V = Q, K, V
    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = (np.einsum("ntd,de->nte", x, M) for M in (self.Q, self.K, self.V))
        s = np.einsum("nie,nje->nij", self.q, self.k) * self.k.shape[2] ** -0.5
        p = np.exp(s - s.max(axis=2, keepdims=True))
        self.p = p / p.sum(axis=2, keepdims=True)
        return np.einsum("nij,nje->nie", self.p, self.v)
    def backward(self, dout):
        dp = np.einsum("nie,nje->nij", dout, self.v)
        D = np.sum(dp * self.p, axis=2, keepdims=True)
        ds = self.p * (dp - D) * self.k.shape[2] ** -0.5
        self.dQ = np.einsum("ntd,nte->de", self.x, np.einsum("nij,nje->nie", ds, self.k))
        self.dK = np.einsum("ntd,nte->de", self.x, np.einsum("nij,nie->nje", ds, self.q))
        self.dV = np.einsum("ntd,nte->de", self.x, np.einsum("nij,nie->nje", self.p, dout))


class LayerNorm:
    def __init__(self, g, b):
        self.g, self.b = g, b
    def forward(self, u):
        self.std = np.sqrt(u.var(axis=-1, keepdims=True) + EPS)
        self.hat = (u - u.mean(axis=-1, keepdims=True)) / self.std
        return self.g * self.hat + self.b
    def backward(self, dy):
        self.dg, self.db = np.einsum("nte,nte->e", dy, self.hat), np.einsum("nte->e", dy)
        d = dy * self.g
        d = d - d.mean(axis=-1, keepdims=True) - self.hat * np.mean(d * self.hat, axis=-1, keepdims=True)
        return d / self.std


def right(Q, K, V, g, b, w, feasts, well):
    attention, norm = Attention(Q, K, V), LayerNorm(g, b)
    y = norm.forward(feasts + attention.forward(feasts))
    m = y.mean(axis=1)
    ds = (1 / (1 + np.exp(-np.square(m) @ w)) - well) / len(well)
    dm = 2 * m * ds[:, None] * w
    dy = np.repeat(dm[:, None, :], y.shape[1], axis=1) / y.shape[1]
    attention.backward(norm.backward(dy))
    return dict(Q=attention.dQ, K=attention.dK, V=attention.dV, g=norm.dg, b=norm.db, w=np.square(m).T @ ds)


def layernorm(u, g, b):
    rstd = 1 / np.sqrt(u.var(axis=1) + EPS)
    hat = (u - u.mean(axis=1)[:, None]) * rstd[:, None]
    return g * hat + b, (hat, rstd)


def layernorm_backward(dy, g, cache):
    hat, rstd = cache
    dhat = dy * g
    du = dhat - dhat.mean(axis=1)[:, None] - hat * (dhat * hat).mean(axis=1)[:, None]
    return du * rstd[:, None], (dy * hat).sum(axis=0), dy.sum(axis=0)


def backprop(Q, K, V, g, b, w, feasts, well):
    total = [np.zeros(p.shape) for p in (Q, K, V, g, b, w)]
    for x, label in zip(feasts, well):
        q, k, v = x @ Q, x @ K, x @ V
        P = np.exp(q @ k.T / np.sqrt(3))
        P = P / P.sum(axis=1)[:, None]
        y, cache = layernorm(x + P @ v, g, b)
        m = y.mean(axis=0)
        ds = (1 / (1 + np.exp(-(m**2 @ w))) - label) / len(feasts)
        dy = np.tile(ds * w * 2 * m / len(x), (len(x), 1))
        du, dg, db = layernorm_backward(dy, g, cache)
        dv = P.T @ du
        dP = du @ v.T
        dS = P * (dP - (dP * P).sum(axis=1)[:, None]) / np.sqrt(3)
        dq = dS @ k
        dk = dS @ q
        for grad, part in zip(total, (x.T @ dq, x.T @ dk, x.T @ dv, dg, db, ds * m**2)):
            grad += part
    return tuple(total)

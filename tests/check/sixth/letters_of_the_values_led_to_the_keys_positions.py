"""Letters of the values led to the keys positions.

expected kind: transpose
wrong line: 59
correction 59: dv = np.einsum("bhqk,bqhd->bkhd", self.att, dout)
what: In the sum over letters the values take the attention of their own row, not that of the queries which read them
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv = r.normal(size=(3, 6, 2, 3))
    return Wq, Wk, Wv, r.normal(size=(2, 5, 6)), r.normal(size=(2, 5, 2, 3))


def loss(Wq, Wk, Wv, X, G):
    q, k = np.einsum("bte,ehd->bhtd", X, Wq), np.einsum("bte,ehd->bhtd", X, Wk)
    e = np.exp(np.einsum("bhqd,bhkd->bhqk", q, k) / np.sqrt(3))
    P = e / np.sum(e, axis=-1, keepdims=True)
    return np.sum(G * np.sin(np.einsum("bhqk,bke,ehd->bqhd", P, X, Wv)))


def right(Wq, Wk, Wv, X, G):
    dq, dk, dv = np.zeros_like(Wq), np.zeros_like(Wk), np.zeros_like(Wv)
    for x, g in zip(X, G):
        for h in range(2):
            Q, K, V = x @ Wq[:, h], x @ Wk[:, h], x @ Wv[:, h]
            P = np.exp(Q @ K.T / 3**0.5)
            P /= P.sum(1, keepdims=True)
            D = g[:, h] * np.cos(P @ V)
            dP = D @ V.T
            S = P * (dP - (P * dP).sum(1, keepdims=True)) / 3**0.5
            dq[:, h] += x.T @ S @ K
            dk[:, h] += x.T @ S.T @ Q
            dv[:, h] += x.T @ P.T @ D
    return dq, dk, dv


class MultiHead:
    def __init__(self, Wq, Wk, Wv):
        self.W = Wq, Wk, Wv
        self.scale = Wq.shape[-1] ** -0.5

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = [np.einsum("bte,ehd->bthd", x, W) for W in self.W]
        scores = self.scale * np.einsum("bqhd,bkhd->bhqk", self.q, self.k)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        self.att = scores / scores.sum(-1, keepdims=True)
        return np.einsum("bhqk,bkhd->bqhd", self.att, self.v)

    def backward(self, dout):
        dv = np.einsum("bhkq,bqhd->bkhd", self.att, dout)
        datt = np.einsum("bqhd,bkhd->bhqk", dout, self.v)
        dscores = self.att * (datt - np.sum(datt * self.att, -1, keepdims=True)) * self.scale
        dq = np.einsum("bhqk,bkhd->bqhd", dscores, self.k)
        dk = np.einsum("bhqk,bqhd->bkhd", dscores, self.q)
        return [np.einsum("bte,bthd->ehd", self.x, d) for d in (dq, dk, dv)]


def backprop(Wq, Wk, Wv, X, G):
    layer = MultiHead(Wq, Wk, Wv)
    return layer.backward(G * np.cos(layer.forward(X)))

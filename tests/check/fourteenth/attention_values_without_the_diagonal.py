"""Attention values without the diagonal.

expected kind: missing-term or wrong-mask
wrong line: 75
correction 75: dV[: t + 1] += np.outer(a, do)
what: A value gets nothing from its own place, the diagonal of the mask
source: https://github.com/PaddlePaddle/flash-attention/pull/48
said: the causal mask is wrong at the diagonal
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv = (r.normal(size=(4, 4)) for _ in range(3))
    return Wq, Wk, Wv, r.normal(size=(4, 4)), r.normal(size=(4, 4))


def loss(Wq, Wk, Wv, X, Y):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    allowed = np.tril(np.ones((len(X), len(X)), dtype=bool))
    scores = np.where(allowed, Q @ K.T / np.sqrt(K.shape[1]), -1e9)
    scores = scores - np.max(scores, axis=1, keepdims=True)
    weights = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    return np.sum((weights @ V - Y) ** 2)


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class CausalSelfAttention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.scale = 1 / np.sqrt(Wk.shape[1])

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = np.dot(x, self.Wq), np.dot(x, self.Wk), np.dot(x, self.Wv)
        att = np.dot(self.q, self.k.T) * self.scale
        att[np.triu_indices(len(x), k=1)] = -np.inf
        self.att = softmax(att)
        return np.dot(self.att, self.v)

    def backward(self, dout):
        dv = np.dot(self.att.T, dout)
        datt = np.dot(dout, self.v.T)
        dscores = self.att * (datt - np.sum(datt * self.att, axis=-1, keepdims=True))
        dscores *= self.scale
        dq = np.dot(dscores, self.k)
        dk = np.dot(dscores.T, self.q)
        return np.dot(self.x.T, dq), np.dot(self.x.T, dk), np.dot(self.x.T, dv)


def right(Wq, Wk, Wv, X, Y):
    head = CausalSelfAttention(Wq, Wk, Wv)
    out = head.forward(X)
    return head.backward(2 * (out - Y))


def backprop(Wq, Wk, Wv, X, Y):
    T, d = X.shape
    Q, K, V = X.dot(Wq), X.dot(Wk), X.dot(Wv)
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for t in range(T):
        seen = slice(0, t + 1)
        s = K[seen].dot(Q[t]) / np.sqrt(d)
        a = np.exp(s - np.max(s))
        a /= np.sum(a)
        do = 2 * (a.dot(V[seen]) - Y[t])
        dV[:t] += np.outer(a[:t], do)
        da = V[seen].dot(do)
        ds = a * (da - a.dot(da)) / np.sqrt(d)
        dQ[t] = ds.dot(K[seen])
        dK[seen] += np.outer(ds, Q[t])
    return X.T.dot(dQ), X.T.dot(dK), X.T.dot(dV)

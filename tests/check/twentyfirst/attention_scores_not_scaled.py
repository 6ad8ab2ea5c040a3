"""Attention scores not scaled.

expected kind: missing-factor or scale
wrong line: 84
correction 84: dscores = a * (da - a.dot(da)) / np.sqrt(len(q[i]))
what: Scores are divided by the root of the width going forward, their gradient is not
source: https://github.com/ethen8181/machine-learning/issues/13
said: an attention lacks the scaling of the product of queries and keys
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]
P_DROP = 0.25


def data(seed=0):
    r = np.random.default_rng(seed)
    keep = np.ones((4, 4))
    keep[2, 1] = keep[3, 0] = 0
    return *r.normal(size=(3, 3, 3)), r.normal(size=(4, 3)), r.normal(size=(4, 3)), keep


def loss(Wq, Wk, Wv, X, Y, keep):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    E = np.exp(Q @ K.T / np.sqrt(3)) * np.tril(np.ones((4, 4)))
    A = E / np.sum(E, axis=1, keepdims=True)
    out = (A * keep / (1 - P_DROP)) @ V
    return 0.5 * np.sum((out - Y) ** 2)


class Softmax:
    def forward(self, x, mask):
        e = np.where(mask, np.exp(x), 0.0)
        self.y = e / e.sum(-1, keepdims=True)
        return self.y

    def backward(self, dy):
        return self.y * (dy - (dy * self.y).sum(-1, keepdims=True))


class Attention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.softmax = Softmax()

    def forward(self, X, keep):
        self.X, self.keep = X, keep
        self.Q, self.K, self.V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        self.scale = self.Q.shape[1] ** -0.5
        causal = np.tri(len(X), dtype=bool)
        self.A = self.softmax.forward(self.scale * self.Q @ self.K.T, causal)
        self.dropped = self.A * keep / (1 - P_DROP)
        return self.dropped @ self.V

    def backward(self, dout):
        dV = self.dropped.T @ dout
        dA = dout @ self.V.T * self.keep / (1 - P_DROP)
        dS = self.softmax.backward(dA)
        dQ = self.scale * dS @ self.K
        dK = self.scale * dS.T @ self.Q
        return {"Wq": self.X.T @ dQ, "Wk": self.X.T @ dK, "Wv": self.X.T @ dV}


def right(Wq, Wk, Wv, X, Y, keep):
    layer = Attention(Wq, Wk, Wv)
    out = layer.forward(X, keep)
    return layer.backward(out - Y)


def backprop(Wq, Wk, Wv, X, Y, keep):
    q, k, v = X.dot(Wq), X.dot(Wk), X.dot(Wv)
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for i in range(len(X)):
        past = slice(0, i + 1)
        scores = k[past].dot(q[i]) / np.sqrt(len(q[i]))
        a = np.exp(scores - scores.max())
        a /= a.sum()
        drop = keep[i, past] / (1 - P_DROP)
        context = (a * drop).dot(v[past])
        dcontext = context - Y[i]
        dv[past] += np.outer(a * drop, dcontext)
        da = v[past].dot(dcontext) * drop
        dscores = a * (da - a.dot(da))
        dq[i] = dscores.dot(k[past])
        dk[past] += np.outer(dscores, q[i])
    return X.T.dot(dq), X.T.dot(dk), X.T.dot(dv)

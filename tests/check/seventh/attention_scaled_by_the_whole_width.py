"""Attention scaled by the whole width.

expected kind: scale or missing-factor
wrong line: 71 or 73
correction 71: dscores = self.attn * (dattn - rowsum) * np.sqrt(self.d_model / self.d_k)
correction 73: dscores = dscores / np.sqrt(self.d_k)
what: On the way back the scores are divided by the root of the embedding's width and not of the head's
source: https://github.com/aladdinpersson/Machine-Learning-Collection/issues/65
said: the scores are divided by the root of the embedding's size, it should be the dimension of the head
"""

import numpy as np

PARAMETERS = ["X", "Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    T, D, H = 3, 5, 2
    return r.normal(size=(T, D)), r.normal(size=(D, H)) * 0.6, r.normal(size=(D, H)) * 0.6, r.normal(size=(D, H)), r.normal(size=(T, H))


def loss(X, Wq, Wk, Wv, Y):
    S = (X @ Wq) @ (X @ Wk).T / np.sqrt(Wq.shape[1])
    S = np.where(np.tril(np.ones(S.shape)) > 0, S, -1e9)
    A = np.exp(S - S.max(axis=1, keepdims=True))
    A = A / A.sum(axis=1, keepdims=True)
    return np.sum((A @ (X @ Wv) - Y) ** 2)


def right(X, Wq, Wk, Wv, Y):
    T, H = Y.shape
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    gQ, gK, gV = np.zeros((T, H)), np.zeros((T, H)), np.zeros((T, H))
    for t in range(T):
        s = K[: t + 1] @ Q[t] / H**0.5
        a = np.exp(s) / np.exp(s).sum()
        o = a @ V[: t + 1]
        do = 2 * (o - Y[t])
        ds = a * (V[: t + 1] @ do - o @ do) / H**0.5
        gQ[t] += ds @ K[: t + 1]
        gK[: t + 1] += np.outer(ds, Q[t])
        gV[: t + 1] += np.outer(a, do)
    return gQ @ Wq.T + gK @ Wk.T + gV @ Wv.T, X.T @ gQ, X.T @ gK, X.T @ gV


def softmax(x):
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


class CausalHead:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.d_model, self.d_k = Wq.shape

    def forward(self, X):
        T = X.shape[0]
        self.X = X
        self.Q, self.K, self.V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        scores = self.Q @ self.K.T / np.sqrt(self.d_k)
        self.mask = np.triu(np.ones((T, T)), k=1) == 1
        scores[self.mask] = -np.inf
        self.attn = softmax(scores)
        return self.attn @ self.V

    def backward(self, dout):
        dV = self.attn.T @ dout
        dattn = dout @ self.V.T
        rowsum = np.sum(dattn * self.attn, axis=-1, keepdims=True)
        dscores = self.attn * (dattn - rowsum)
        dscores[self.mask] = 0
        dscores = dscores / np.sqrt(self.d_model)
        dQ = dscores @ self.K
        dK = dscores.T @ self.Q
        dWq, dWk, dWv = self.X.T @ dQ, self.X.T @ dK, self.X.T @ dV
        dX = dQ @ self.Wq.T + dK @ self.Wk.T + dV @ self.Wv.T
        return dX, dWq, dWk, dWv


def backprop(X, Wq, Wk, Wv, Y):
    layer = CausalHead(Wq, Wk, Wv)
    out = layer.forward(X)
    return layer.backward(2 * (out - Y))

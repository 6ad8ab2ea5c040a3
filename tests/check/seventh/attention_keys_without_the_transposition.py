"""Attention keys without the transposition.

expected kind: transpose
wrong line: 74
correction 74: dK = dscores.T @ self.Q
what: The keys get the gradient of the scores times the queries without its transposition; the scores are square
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    T, D, H = 4, 6, 3
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


class SelfAttention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.embed_size, self.head_dim = Wq.shape

    def forward(self, X):
        T = X.shape[0]
        self.X = X
        self.Q, self.K, self.V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        scores = self.Q @ self.K.T / np.sqrt(self.head_dim)
        self.mask = np.triu(np.ones((T, T)), k=1) == 1
        scores[self.mask] = -np.inf
        self.weights = softmax(scores)
        return self.weights @ self.V

    def backward(self, dout):
        dV = self.weights.T @ dout
        dweights = dout @ self.V.T
        inner = np.sum(dweights * self.weights, axis=-1, keepdims=True)
        dscores = self.weights * (dweights - inner)
        dscores[self.mask] = 0
        dscores = dscores / np.sqrt(self.head_dim)
        dQ = dscores @ self.K
        dK = dscores @ self.Q
        dWq, dWk, dWv = self.X.T @ dQ, self.X.T @ dK, self.X.T @ dV
        dX = dQ @ self.Wq.T + dK @ self.Wk.T + dV @ self.Wv.T
        return dX, dWq, dWk, dWv


def backprop(X, Wq, Wk, Wv, Y):
    layer = SelfAttention(Wq, Wk, Wv)
    out = layer.forward(X)
    return layer.backward(2 * (out - Y))

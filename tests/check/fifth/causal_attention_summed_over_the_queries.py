"""Causal attention summed over the queries.

expected kind: wrong-axis
wrong line: 68
correction 68: dS = A * (dA - np.sum(dA * A, axis=1, keepdims=True))
what: In the derivative of the softmax the sum runs over the queries, where it should run over the keys
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(5, 4)), r.normal(size=(5, 4)), r.normal(size=(5, 4)), r.normal(size=(6, 5)),
        r.normal(size=(6, 4)),
    )


def loss(Wq, Wk, Wv, X, Y):
    S = (X @ Wq) @ (X @ Wk).T / np.sqrt(4) + np.triu(np.full((6, 6), -1e9), 1)
    E = np.exp(S - np.max(S, axis=1, keepdims=True))
    return np.sum((E / np.sum(E, axis=1, keepdims=True) @ (X @ Wv) - Y) ** 2)


def right(Wq, Wk, Wv, X, Y):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for t in range(6):
        w = np.exp(K[: t + 1] @ Q[t] / 2)
        w /= w.sum()
        e = 2 * (w @ V[: t + 1] - Y[t])
        dV[: t + 1] += np.outer(w, e)
        dw = V[: t + 1] @ e
        ds = w * (dw - w @ dw) / 2
        dQ[t] = ds @ K[: t + 1]
        dK[: t + 1] += np.outer(ds, Q[t])
    return X.T @ dQ, X.T @ dK, X.T @ dV


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class CausalSelfAttention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv

    def forward(self, X):
        T = len(X)
        Q, K, V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        scores = Q @ K.T / np.sqrt(K.shape[1])
        mask = np.tril(np.ones((T, T))) == 0
        scores[mask] = -np.inf
        A = softmax(scores)
        self.cache = X, Q, K, V, A
        return A @ V

    def backward(self, dout):
        X, Q, K, V, A = self.cache
        dV = A.T @ dout
        dA = dout @ V.T
        dS = A * (dA - np.sum(dA * A, axis=0, keepdims=True))
        dS /= np.sqrt(K.shape[1])
        dQ = dS @ K
        dK = dS.T @ Q
        return X.T @ dQ, X.T @ dK, X.T @ dV


def backprop(Wq, Wk, Wv, X, Y):
    attn = CausalSelfAttention(Wq, Wk, Wv)
    out = attn.forward(X)
    return attn.backward(2 * (out - Y))

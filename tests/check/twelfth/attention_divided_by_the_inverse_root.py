"""Attention divided by the inverse root.

expected kind: scale
wrong line: 77
correction 77: dscores = dscores * self.scale
what: The scale is the inverse of the root already, and the gradient of the scores is divided by it
source: https://github.com/esceptico/perceiver-io/issues/9
said: the scale is defined as the power of minus a half, and should be multiplied instead of divided by
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv, X, Y = (r.normal(size=s) for s in [(3, 4), (3, 4), (3, 2), (5, 3), (5, 2)])
    return Wq, Wk, Wv, X, Y


def loss(Wq, Wk, Wv, X, Y):
    scores = (X @ Wq) @ (X @ Wk).T / np.sqrt(Wk.shape[1])
    scores = np.where(np.tril(np.ones((len(X), len(X)))) == 1, scores, -1e9)
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    attention = e / np.sum(e, axis=1, keepdims=True)
    return np.mean((attention @ (X @ Wv) - Y) ** 2)


def softmax_rows(S):
    A = np.exp(S - np.max(S, axis=1, keepdims=True))
    return A / np.sum(A, axis=1, keepdims=True)


def softmax_rows_backward(dA, A):
    weighted = np.sum(dA * A, axis=1, keepdims=True)
    return A * (dA - weighted)


def right(Wq, Wk, Wv, X, Y):
    T, d = X.shape[0], Wq.shape[1]
    mask = np.tril(np.ones((T, T)), 0)
    Q, K, V = np.dot(X, Wq), np.dot(X, Wk), np.dot(X, Wv)
    S = np.where(mask > 0, np.dot(Q, K.T) / np.sqrt(d), -1e10)
    A = softmax_rows(S)
    O = np.dot(A, V)

    grads = {}
    dO = 2.0 * (O - Y) / O.size
    grads["Wv"] = np.dot(X.T, np.dot(A.T, dO))
    dS = softmax_rows_backward(np.dot(dO, V.T), A)
    dS = np.where(mask > 0, dS, 0.0) / np.sqrt(d)
    grads["Wq"] = np.dot(X.T, np.dot(dS, K))
    grads["Wk"] = np.dot(X.T, np.dot(dS.T, Q))
    return grads


class CausalSelfAttention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.scale = Wk.shape[1] ** -0.5

    def forward(self, x):
        T = x.shape[0]
        self.x = x
        self.q, self.k, self.v = x @ self.Wq, x @ self.Wk, x @ self.Wv
        scores = self.q @ self.k.T * self.scale
        scores[np.triu_indices(T, k=1)] = -np.inf
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        self.att = e / e.sum(axis=-1, keepdims=True)
        return self.att @ self.v

    def backward(self, dout):
        datt = dout @ self.v.T
        dv = self.att.T @ dout
        dscores = self.att * (datt - np.sum(datt * self.att, axis=-1, keepdims=True))
        dscores = dscores / self.scale
        dq = dscores @ self.k
        dk = dscores.T @ self.q
        return self.x.T @ dq, self.x.T @ dk, self.x.T @ dv


def backprop(Wq, Wk, Wv, X, Y):
    head = CausalSelfAttention(Wq, Wk, Wv)
    out = head.forward(X)
    return head.backward(2 * (out - Y) / Y.size)

"""Dotattention softmax along the queries.

expected kind: wrong-axis
wrong line: 69
correction 69: dscores = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))
what: The sum in the derivative of the softmax goes along the queries, not along the keys
source: https://github.com/PetrochukM/PyTorch-NLP/issues/2
said: the softmax goes along the first dimension; the scores of a query lie along the last one
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(3, 4)), r.normal(size=(5, 3)), r.normal(size=(5, 4))


def loss(Wq, Wk, Wv, X, Y):
    S = (X @ Wq) @ (X @ Wk).T / np.sqrt(Wk.shape[1])
    e = np.where(np.tril(np.ones(S.shape, dtype=bool)), np.exp(S), 0.0)
    A = e / np.sum(e, axis=1, keepdims=True)
    return 0.5 * np.sum((A @ (X @ Wv) - Y) ** 2)


def softmax(s):
    e = np.exp(s - np.max(s))
    return e / np.sum(e)


def right(Wq, Wk, Wv, X, Y):
    queries, keys, values = X.dot(Wq), X.dot(Wk), X.dot(Wv)
    scale = np.sqrt(keys.shape[1])
    dq, dk, dv = np.zeros(queries.shape), np.zeros(keys.shape), np.zeros(values.shape)
    for i in range(len(X)):
        score = keys.dot(queries[i]) / scale
        visible = np.arange(len(X)) <= i
        p = softmax(np.where(visible, score, -1e9))
        context = p.dot(values)
        grad_context = context - Y[i]
        dv += np.outer(p, grad_context)
        grad_p = values.dot(grad_context)
        jacobian = np.diag(p) - np.outer(p, p)
        grad_score = jacobian.dot(grad_p) / scale
        dq[i] = keys.T.dot(grad_score)
        dk += np.outer(grad_score, queries[i])
    return X.T.dot(dq), X.T.dot(dk), X.T.dot(dv)


class CausalSelfAttention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv

    def forward(self, X):
        Q, K, V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        scores = Q @ K.T / np.sqrt(K.shape[-1])
        scores[np.triu_indices(len(X), k=1)] = -1e30
        A = np.exp(scores - scores.max(axis=-1, keepdims=True))
        A /= A.sum(axis=-1, keepdims=True)
        self.cache = X, Q, K, V, A
        return A @ V

    def backward(self, dout):
        X, Q, K, V, A = self.cache
        dV = A.T @ dout
        dA = dout @ V.T
        dscores = A * (dA - np.sum(dA * A, axis=0, keepdims=True))
        dscores /= np.sqrt(K.shape[-1])
        dQ = dscores @ K
        dK = dscores.T @ Q
        return X.T @ dQ, X.T @ dK, X.T @ dV


def backprop(Wq, Wk, Wv, X, Y):
    attention = CausalSelfAttention(Wq, Wk, Wv)
    return attention.backward(attention.forward(X) - Y)

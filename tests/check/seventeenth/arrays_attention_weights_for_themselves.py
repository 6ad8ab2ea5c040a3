"""Arrays attention weights for themselves.

expected kind: diagonal-jacobian or missing-term or wrong-point
wrong line: 82
correction 82: dscores = w * (dw - w.dot(dw))
given as: arrays
what: The softmax goes back as if each weight were a sigmoid of its own score
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (*[r.normal(size=(4, 3)) for _ in range(3)], r.normal(size=(3, 2)), r.normal(size=(5, 4)), r.normal(size=(5, 2)))


def loss(Wq, Wk, Wv, Wo, X, Y):
    seen = np.tril(np.ones((5, 5)))
    e = np.exp((X @ Wq) @ (X @ Wk).T / np.sqrt(3)) * seen
    A = e / np.sum(e, axis=1, keepdims=True)
    out = A @ (X @ Wv) @ Wo
    return np.mean((out - Y) ** 2)


def softmax(s, mask):
    s = np.where(mask, s, -np.inf)
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


class SelfAttention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.scale = 1 / np.sqrt(Wq.shape[1])

    def forward(self, X):
        self.X = X
        self.Q, self.K, self.V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        causal = np.tri(len(X), dtype=bool)
        self.A = softmax(self.Q @ self.K.T * self.scale, causal)
        return self.A @ self.V

    def backward(self, dout):
        dV = self.A.T @ dout
        dA = dout @ self.V.T
        dS = self.A * (dA - np.sum(dA * self.A, axis=-1, keepdims=True))
        dS = dS * self.scale
        dQ = dS @ self.K
        dK = dS.T @ self.Q
        return self.X.T @ dQ, self.X.T @ dK, self.X.T @ dV


def right(Wq, Wk, Wv, Wo, X, Y):
    attention = SelfAttention(Wq, Wk, Wv)
    heads = attention.forward(X)
    dy = 2 * (heads @ Wo - Y) / Y.size
    dWo = heads.T @ dy
    dWq, dWk, dWv = attention.backward(dy @ Wo.T)
    return dWq, dWk, dWv, dWo


def backprop(Wq, Wk, Wv, Wo, X, Y):
    T, d = len(X), Wq.shape[1]
    q, k, v = X.dot(Wq), X.dot(Wk), X.dot(Wv)
    grads = {"Wq": np.zeros_like(Wq), "Wk": np.zeros_like(Wk), "Wv": np.zeros_like(Wv), "Wo": np.zeros_like(Wo)}
    dk, dv = np.zeros_like(k), np.zeros_like(v)
    for t in range(T):  # each position sees itself and what was before it
        scores = k[: t + 1].dot(q[t]) / np.sqrt(d)
        w = np.exp(scores - scores.max())
        w /= w.sum()
        context = w.dot(v[: t + 1])
        err = 2 * (context.dot(Wo) - Y[t]) / Y.size
        grads["Wo"] += np.outer(context, err)
        dcontext = Wo.dot(err)
        dv[: t + 1] += np.outer(w, dcontext)
        dw = v[: t + 1].dot(dcontext)
        dscores = w * (1 - w) * dw
        dscores /= np.sqrt(d)
        dq = dscores.dot(k[: t + 1])
        dk[: t + 1] += np.outer(dscores, q[t])
        grads["Wq"] += np.outer(X[t], dq)
    grads["Wk"] = X.T.dot(dk)
    grads["Wv"] = X.T.dot(dv)
    return grads

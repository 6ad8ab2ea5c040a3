"""Self attention keys not transposed.

expected kind: transpose
wrong line: 55
correction 55: dk = ds.T @ self.q
what: In self-attention over as many words as there are words the scores of the keys are not transposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "Wq", "Wk"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(4, 3))


def loss(X, Wq, Wk, T):
    s = (X @ Wq) @ (X @ Wk).T
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    return np.mean((e / np.sum(e, axis=1, keepdims=True) @ X - T) ** 2)


def right(X, Wq, Wk, T):
    q, k = X @ Wq, X @ Wk
    e = np.exp(q @ k.T - (q @ k.T).max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    d = 2 * (p @ X - T) / T.size
    g = d @ X.T
    g = p * (g - (g * p).sum(1, keepdims=True))
    return p.T @ d + g @ k @ Wq.T + g.T @ q @ Wk.T, X.T @ g @ k, X.T @ g.T @ q


class SelfAttention:
    def forward(self, X, Wq, Wk):
        self.X, self.Wq, self.Wk = X, Wq, Wk
        self.q = X @ Wq
        self.k = X @ Wk
        s = self.q @ self.k.T
        s = np.exp(s - s.max(1, keepdims=True))
        self.p = s / s.sum(1, keepdims=True)
        return self.p @ X

    def backward(self, dout):
        dp = dout @ self.X.T
        dX = self.p.T @ dout
        ds = np.zeros_like(dp)
        for i in range(len(dp)):
            row = self.p[i]
            ds[i] = (np.diag(row) - np.outer(row, row)) @ dp[i]
        dq = ds @ self.k
        dk = ds @ self.q
        dWq = self.X.T @ dq
        dWk = self.X.T @ dk
        dX += dq @ self.Wq.T
        dX += dk @ self.Wk.T
        return dX, dWq, dWk


def backprop(X, Wq, Wk, T):
    layer = SelfAttention()
    out = layer.forward(X, Wq, Wk)
    return layer.backward(2 * (out - T) / T.size)

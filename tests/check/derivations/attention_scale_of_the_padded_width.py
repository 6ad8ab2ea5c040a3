"""The backward pass scales by the root of another width.

expected kind: scale
wrong line: 51 or 52
correction 51: dim = self.q.shape[-1]
correction 52: sm_scale = 1.0 / np.sqrt(self.q.shape[-1])
what: 1/sqrt of the width of v in place of that of q and k
source: https://github.com/tile-ai/tilelang-ascend/pull/1670
said: run_bwd took the padded width for the softmax's scale, 1/sqrt(144) in place of 1/sqrt(129).
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=shape) for shape in [(4, 3), (4, 5), (3, 2), (3, 2), (3, 5)]]


def loss(x, t, Wq, Wk, Wv):
    s = (x @ Wq) @ (x @ Wk).T / np.sqrt(2)
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    return np.sum(((e / np.sum(e, axis=1, keepdims=True)) @ (x @ Wv) - t) ** 2)


def right(x, t, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for i in range(len(x)):
        a = np.exp(k @ q[i] / 2**0.5)
        a /= a.sum()
        g = 2 * (a @ v - t[i])
        dv += np.outer(a, g)
        ds = (np.diag(a) - np.outer(a, a)) @ (v @ g) / 2**0.5
        dq[i] = ds @ k
        dk += np.outer(ds, q[i])
    return x.T @ dq, x.T @ dk, x.T @ dv


class ScaledDotProduct:
    def forward(self, q, k, v):
        self.q, self.k, self.v = q, k, v
        s = q @ k.T / np.sqrt(q.shape[-1])
        p = np.exp(s - s.max(axis=-1, keepdims=True))
        self.p = p / p.sum(axis=-1, keepdims=True)
        return self.p @ v

    def backward(self, do):
        dim = do.shape[-1]
        sm_scale = 1.0 / np.sqrt(dim)
        dv = self.p.T @ do
        dp = do @ self.v.T
        delta = np.sum(dp * self.p, axis=-1, keepdims=True)
        ds = self.p * (dp - delta) * sm_scale
        return ds @ self.k, ds.T @ self.q, dv


def backprop(x, t, Wq, Wk, Wv):
    att = ScaledDotProduct()
    o = att.forward(x @ Wq, x @ Wk, x @ Wv)
    return [x.T @ d for d in att.backward(2 * (o - t))]

"""Combined ginger values asked the wrong way and unscaled scores.

expected kind: transpose + scale or missing-factor
wrong line: 100 and 102
correction 100: dv = np.einsum("nhij,nihe->njhe", a, dmixed)
correction 102: ds = a * (da - np.sum(da * a, axis=-1, keepdims=True)) / np.sqrt(2)
what: The values get their gradient through the attention weights untransposed; the slopes of the scores lack the root of the width
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "P", "Q", "K", "V", "g", "w"]
EPS, HEADS = 1e-4, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    # three rows of five roots, of six sorts; two heads of two, and an RMS norm
    E, P = r.normal(size=(6, 4)), 0.5 * r.normal(size=(5, 4))
    Q, K, V = (0.8 * r.normal(size=(4, 4)) for _ in range(3))
    g, w = 1 + 0.3 * r.normal(size=4), r.normal(size=4)
    return E, P, Q, K, V, g, w, r.integers(0, 6, size=(3, 5)), r.integers(0, 2, size=3)


def loss(E, P, Q, K, V, g, w, rows, sold):
    n, T = rows.shape
    x = E[rows] + P
    q, k, v = ((x @ M).reshape(n, T, HEADS, 2) for M in (Q, K, V))
    e = np.exp(np.einsum("nihe,njhe->nhij", q, k) / np.sqrt(2))
    u = x + np.einsum("nhij,njhe->nihe", e / e.sum(axis=3, keepdims=True), v).reshape(n, T, 4)
    f = np.tanh(g * u / np.sqrt(np.mean(u**2, axis=2, keepdims=True) + EPS)).mean(axis=1) @ w
    return np.mean(np.log(1 + np.exp(f)) - sold * f)


class Position:
    def __init__(self, P): self.P, self.dP = P, 0
    def forward(self, x): return x + self.P
    def backward(self, d):
        self.dP = self.dP + d
        return d


class Attention:
    def __init__(self, *M): self.M, self.d = M, [np.zeros((4, 4)) for _ in M]
    def forward(self, x):
        self.x, self.heads, out = x, [], np.zeros(x.shape)
        for s in (slice(0, 2), slice(2, 4)):
            q, k, v = [(x @ m)[:, s] for m in self.M]
            a = np.exp(q @ k.T / 2**0.5)
            a /= a.sum(axis=1, keepdims=True)
            self.heads.append((s, q, k, v, a))
            out[:, s] = a @ v
        return out
    def backward(self, d):
        dx = 0
        for s, q, k, v, a in self.heads:
            da = d[:, s] @ v.T
            dlogit = a * (da - np.sum(a * da, axis=1, keepdims=True)) / 2**0.5
            for i, part in enumerate((dlogit @ k, dlogit.T @ q, a.T @ d[:, s])):
                self.d[i][:, s] += self.x.T @ part
                dx = dx + part @ self.M[i][:, s].T
        return dx


def right(E, P, Q, K, V, g, w, rows, sold):
    position, attention = Position(P), Attention(Q, K, V)
    dE, dg, dw = 0 * E, 0 * g, 0 * w
    for row, y in zip(rows, sold):
        x = position.forward(E[row])
        u = x + attention.forward(x)
        rms = np.sqrt((u * u).mean(axis=1, keepdims=True) + EPS)
        h = np.tanh(g * u / rms)
        df = (1 / (1 + np.exp(-h.mean(axis=0) @ w)) - y) / len(rows)
        dw += df * h.mean(axis=0)
        dy = df * w / len(row) * (1 - h**2)
        dg += (dy * u / rms).sum(axis=0)
        du = dy * g / rms
        du -= u * (du * u).mean(axis=1, keepdims=True) / rms**2
        np.add.at(dE, row, position.backward(du + attention.backward(du)))
    return dE, position.dP, *attention.d, dg, dw


def backprop(E, P, Q, K, V, g, w, rows, sold):
    n, T = rows.shape
    x = E[rows] + P
    q, k, v = (np.einsum("ntd,dhe->nthe", x, M.reshape(4, HEADS, 2)) for M in (Q, K, V))
    a = np.exp(np.einsum("nihe,njhe->nhij", q, k) / np.sqrt(2))
    a = a / np.sum(a, axis=-1, keepdims=True)
    u = x + np.einsum("nhij,njhe->nihe", a, v).reshape(n, T, -1)
    rstd = 1 / np.sqrt(np.einsum("nte,nte->nt", u, u)[:, :, None] / 4 + EPS)
    hat = u * rstd
    h = np.tanh(hat * g)
    df = (1 / (1 + np.exp(-np.einsum("nte,e->n", h, w) / T)) - sold) / n
    dy = np.einsum("n,e,nte->nte", df, w, 1 - h * h) / T
    G = {"w": np.einsum("n,nte->e", df, h) / T, "g": np.einsum("nte,nte->e", dy, hat)}
    du = rstd * (dy * g - hat * np.einsum("nte,e,nte->nt", dy, g, hat)[:, :, None] / 4)
    dx, dmixed = du, du.reshape(n, T, HEADS, 2)
    dv = np.einsum("nhij,njhe->nihe", a, dmixed)
    da = np.einsum("nihe,njhe->nhij", dmixed, v)
    ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))
    dq = np.einsum("nhij,njhe->nihe", ds, k)
    dk = np.einsum("nhij,nihe->njhe", ds, q)
    for name, M, d in (("Q", Q, dq), ("K", K, dk), ("V", V, dv)):
        G[name] = np.einsum("nti,ntj->ij", x, d.reshape(n, T, 4))
        dx = dx + d.reshape(n, T, 4) @ M.T
    G["E"], G["P"] = np.zeros(E.shape), np.einsum("ntd->td", dx)
    np.add.at(G["E"], rows, dx)
    return G

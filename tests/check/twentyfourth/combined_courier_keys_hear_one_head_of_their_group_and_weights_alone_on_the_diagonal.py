"""Combined courier keys hear one head of their group and weights alone on the diagonal.

expected kind: diagonal-jacobian + missing-sum or missing-term
wrong line: 108 and 111
correction 108: dscore = a * (da - np.einsum("ngsij,ngsij->ngsi", a, da)[..., None])
correction 111: dk = np.einsum("ngsij,nigsc->njgc", dscore, q)
what: Of the softmax's Jacobian there is the diagonal only; the keys get the gradient of the last head that shares them
source: https://github.com/marin-community/levanter/pull/449
said: keys and values that several heads of queries share: their gradient has to be summed over those heads, which the backward pass didn't; the diagonal is the author's
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]
GROUPS, SHARE = 2, 2  # two heads of queries have the same keys and values


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv = 0.7 * r.normal(size=(3, 8)), 0.7 * r.normal(size=(5, 4)), 0.7 * r.normal(size=(5, 4))
    return Wq, Wk, Wv, r.normal(size=(8, 3)), r.normal(size=(2, 4, 3)), r.normal(size=(2, 6, 5)), r.integers(0, 3, size=(2, 4))


def loss(Wq, Wk, Wv, Wo, parcels, depots, routes):
    N, T, _ = parcels.shape
    d = Wk.shape[1] // GROUPS
    q = (parcels @ Wq).reshape(N, T, GROUPS, SHARE, d).transpose(0, 2, 3, 1, 4)
    k = (depots @ Wk).reshape(N, -1, GROUPS, 1, d).transpose(0, 2, 3, 4, 1)
    v = (depots @ Wv).reshape(N, -1, GROUPS, 1, d).transpose(0, 2, 3, 1, 4)
    e = np.exp(q @ k / d**0.5)
    y = (e / np.sum(e, axis=4, keepdims=True)) @ v
    logits = (y.transpose(0, 3, 1, 2, 4).reshape(N, T, -1) @ Wo).reshape(N * T, -1)
    log_p = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(N * T), routes.reshape(-1)])


class GroupedAttention:
    """Heads one after the other; head h looks with the keys of its group."""

    def __init__(self, Wq, Wk, Wv, width):
        self.Wq, self.Wk, self.Wv, self.width = Wq, Wk, Wv, width

    def columns(self, a, which):
        return a[:, which * self.width : (which + 1) * self.width]

    def forward(self, x, m):
        self.x, self.m = x, m
        self.Q, self.K, self.V = x @ self.Wq, m @ self.Wk, m @ self.Wv
        self.attn, outs = [], []
        for h in range(GROUPS * SHARE):
            group = h // SHARE
            s = self.columns(self.Q, h) @ self.columns(self.K, group).T / self.width**0.5
            s = np.exp(s - s.max(axis=1, keepdims=True))
            self.attn.append(s / s.sum(axis=1, keepdims=True))
            outs.append(self.attn[-1] @ self.columns(self.V, group))
        return np.hstack(outs)

    def backward(self, dy):
        dQ, dK, dV = np.zeros_like(self.Q), np.zeros_like(self.K), np.zeros_like(self.V)
        for h in range(GROUPS * SHARE):
            kv = h // SHARE
            a, dout = self.attn[h], self.columns(dy, h)
            self.columns(dV, kv)[:] += a.T @ dout
            da = dout @ self.columns(self.V, kv).T
            ds = a * (da - (da * a).sum(axis=1, keepdims=True)) / self.width**0.5
            self.columns(dQ, h)[:] = ds @ self.columns(self.K, kv)
            self.columns(dK, kv)[:] += ds.T @ self.columns(self.Q, h)
        return self.x.T @ dQ, self.m.T @ dK, self.m.T @ dV


def right(Wq, Wk, Wv, Wo, parcels, depots, routes):
    layer = GroupedAttention(Wq, Wk, Wv, Wk.shape[1] // GROUPS)
    dWq, dWk, dWv, dWo = 0, 0, 0, 0
    for x, m, target in zip(parcels, depots, routes):
        y = layer.forward(x, m)
        err = np.exp(y @ Wo)
        err = err / err.sum(axis=1, keepdims=True)
        err[np.arange(len(target)), target] -= 1
        err = err / routes.size
        dWo = dWo + y.T @ err
        gq, gk, gv = layer.backward(err @ Wo.T)
        dWq, dWk, dWv = dWq + gq, dWk + gk, dWv + gv
    return dWq, dWk, dWv, dWo


def backprop(Wq, Wk, Wv, Wo, parcels, depots, routes):
    N, T = routes.shape
    J, d = depots.shape[1], Wk.shape[1] // GROUPS
    # g: group, s: head in the group, i: parcel, j: depot, c: channel
    q = (parcels @ Wq).reshape(N, T, GROUPS, SHARE, d)
    k = (depots @ Wk).reshape(N, J, GROUPS, d)
    v = (depots @ Wv).reshape(N, J, GROUPS, d)
    score = np.einsum("nigsc,njgc->ngsij", q, k) / np.sqrt(d)
    score -= score.max(axis=-1, keepdims=True)
    a = np.exp(score)
    a /= a.sum(axis=-1, keepdims=True)
    y = np.einsum("ngsij,njgc->nigsc", a, v)
    flat = y.reshape(N, T, -1)

    # backward
    p = np.exp(flat @ Wo)
    p /= p.sum(axis=-1, keepdims=True)
    dlogits = (p - np.eye(Wo.shape[1])[routes]) / (N * T)
    dWo = np.einsum("nih,nio->ho", flat, dlogits)
    dy = (dlogits @ Wo.T).reshape(y.shape)
    dv = np.einsum("ngsij,nigsc->njgc", a, dy)
    da = np.einsum("nigsc,njgc->ngsij", dy, v)
    dscore = a * (1 - a) * da
    dscore /= np.sqrt(d)
    dq = np.einsum("ngsij,njgc->nigsc", dscore, k)
    dk = np.einsum("ngij,nigc->njgc", dscore[:, :, -1], q[:, :, :, -1])
    dWq = np.einsum("nix,nih->xh", parcels, dq.reshape(N, T, -1))
    dWk = np.einsum("njx,njh->xh", depots, dk.reshape(N, J, -1))
    dWv = np.einsum("njx,njh->xh", depots, dv.reshape(N, J, -1))
    return dWq, dWk, dWv, dWo

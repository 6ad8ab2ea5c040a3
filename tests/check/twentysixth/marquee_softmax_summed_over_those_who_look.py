"""Marquee softmax summed over those who look.

expected kind: wrong-axis
wrong line: 129
correction 129: ds = p * (dp - np.sum(dp * p, axis=2, keepdims=True)) / np.sqrt(q.shape[2])
what: Going back through the softmax the products are summed over the queries, not over the keys
source: https://github.com/nerminnuraydogan/vision-transformer/issues/1
said: the softmax of the attention weights is taken along the wrong dimension, it belongs to the last
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "gain", "shift", "W1", "b1", "W2", "w"]
TINY = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv = r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(3, 3))
    gain, shift = 1 + 0.3 * r.normal(size=3), 0.3 * r.normal(size=3)
    W1, b1, W2, w = r.normal(size=(3, 5)), 0.3 * r.normal(size=5), r.normal(size=(5, 3)), 1.5 * r.normal(size=3)
    # three evenings of four acts, and whether the tent was full
    return Wq, Wk, Wv, gain, shift, W1, b1, W2, w, 1.2 * r.normal(size=(3, 4, 3)), np.array([1.0, -1.0, 1.0])


def loss(Wq, Wk, Wv, gain, shift, W1, b1, W2, w, acts, full):
    later = np.triu(np.ones((acts.shape[1], acts.shape[1])), 1)
    total = 0.0
    for x, y in zip(acts, full):
        s = (x @ Wq) @ (x @ Wk).T / np.sqrt(2.0) - 30.0 * later
        e = np.exp(s - np.max(s, axis=1, keepdims=True))
        r = x + (e / np.sum(e, axis=1, keepdims=True)) @ (x @ Wv)
        centred = r - np.mean(r, axis=1, keepdims=True)
        u = gain * centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + TINY) + shift
        f = u + np.tanh(u @ W1 + b1) @ W2
        total = total + np.log(1 + np.exp(-y * np.sum(np.mean(f, axis=0) * w)))
    return total


class Attention:
    def __init__(self, Wq, Wk, Wv):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.dWq, self.dWk, self.dWv = np.zeros_like(Wq), np.zeros_like(Wk), np.zeros_like(Wv)
        self.scale = Wq.shape[1] ** -0.5

    def forward(self, x):
        self.x, self.q, self.k, self.v = x, x @ self.Wq, x @ self.Wk, x @ self.Wv
        s = self.q @ self.k.T * self.scale
        s[np.triu_indices(len(x), 1)] -= 30.0
        e = np.exp(s - s.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p @ self.v

    def backward(self, g):
        dp = g @ self.v.T
        ds = self.p * (dp - (dp * self.p).sum(axis=1, keepdims=True)) * self.scale
        dq = ds @ self.k
        dk = ds.T @ self.q
        self.dWq += self.x.T @ dq
        self.dWk += self.x.T @ dk
        self.dWv += self.x.T @ (self.p.T @ g)


class Norm:
    def __init__(self, gain, shift):
        self.gain, self.shift, self.dgain, self.dshift = gain, shift, np.zeros_like(gain), np.zeros_like(shift)

    def forward(self, r):
        self.rstd = (r.var(axis=1, keepdims=True) + TINY) ** -0.5
        self.hat = (r - r.mean(axis=1, keepdims=True)) * self.rstd
        return self.gain * self.hat + self.shift

    def backward(self, g):
        self.dgain += (g * self.hat).sum(axis=0)
        self.dshift += g.sum(axis=0)
        d = g * self.gain
        return (d - d.mean(axis=1, keepdims=True) - self.hat * np.mean(d * self.hat, axis=1, keepdims=True)) * self.rstd


def right(Wq, Wk, Wv, gain, shift, W1, b1, W2, w, acts, full):
    attention, norm = Attention(Wq, Wk, Wv), Norm(gain, shift)
    dW1, db1, dW2, dw = np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2), np.zeros_like(w)
    for x, y in zip(acts, full):
        u = norm.forward(x + attention.forward(x))
        t = np.tanh(u @ W1 + b1)
        f = u + t @ W2
        mean = f.mean(axis=0)
        dlogit = -y / (1 + np.exp(y * (mean @ w)))
        dw += dlogit * mean
        df = np.tile(dlogit * w / len(x), (len(x), 1))
        dW2 += t.T @ df
        dz = df @ W2.T * (1 - t**2)
        dW1 += u.T @ dz
        db1 += dz.sum(axis=0)
        attention.backward(norm.backward(df + dz @ W1.T))
    return attention.dWq, attention.dWk, attention.dWv, norm.dgain, norm.dshift, dW1, db1, dW2, dw


def backprop(Wq, Wk, Wv, gain, shift, W1, b1, W2, w, acts, full):
    N, T, D = acts.shape
    # forward, all evenings together
    q, k, v = acts @ Wq, acts @ Wk, acts @ Wv
    s = np.einsum("nid,njd->nij", q, k) / np.sqrt(q.shape[2]) + np.triu(np.full((T, T), -30.0), 1)
    p = np.exp(s - s.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    r = acts + np.einsum("nij,njd->nid", p, v)
    mu, var = r.mean(axis=2, keepdims=True), r.var(axis=2, keepdims=True)
    hat = (r - mu) / np.sqrt(var + TINY)
    u = gain * hat + shift
    t = np.tanh(u @ W1 + b1)
    mean = (u + t @ W2).mean(axis=1)
    # backward: the head
    dlogit = -full / (1 + np.exp(full * (mean @ w)))
    dw = dlogit @ mean
    df = np.broadcast_to((dlogit[:, None] * w / T)[:, None, :], (N, T, D))
    # the little network
    dW2 = np.einsum("nth,ntd->hd", t, df)
    dz = np.einsum("ntd,hd->nth", df, W2) * (1 - t**2)
    dW1, db1 = np.einsum("ntd,nth->dh", u, dz), dz.sum(axis=(0, 1))
    du = df + np.einsum("nth,dh->ntd", dz, W1)
    # the norm
    dgain, dshift = (du * hat).sum(axis=(0, 1)), du.sum(axis=(0, 1))
    dhat = du * gain
    dvar = np.sum(dhat * (r - mu), axis=2, keepdims=True) * -0.5 * (var + TINY) ** -1.5
    dmu = -np.sum(dhat, axis=2, keepdims=True) / np.sqrt(var + TINY)
    dr = dhat / np.sqrt(var + TINY) + 2 * dvar * (r - mu) / D + dmu / D
    # the attention
    dp = np.einsum("nid,njd->nij", dr, v)
    ds = p * (dp - np.sum(dp * p, axis=1, keepdims=True)) / np.sqrt(q.shape[2])
    dWq = np.einsum("nic,nij,njd->cd", acts, ds, k)
    dWk = np.einsum("njc,nij,nid->cd", acts, ds, q)
    dWv = np.einsum("njc,nij,nid->cd", acts, p, dr)
    return dWq, dWk, dWv, dgain, dshift, dW1, db1, dW2, dw

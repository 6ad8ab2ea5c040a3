"""Attention softmax by its diagonal alone.

expected kind: diagonal-jacobian
wrong line: 99
correction 99: ds = p * (dp - np.einsum("bts,bts->bt", p, dp)[..., None])
what: The softmax is led back by the diagonal of its derivative alone
source: https://github.com/pocketpy/cTensor/pull/31
said: the gradient of the softmax has to be the product with the full Jacobian
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo", "x"]

heads = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=s) for s in [(4, 4), (4, 4), (4, 4), (4, 4), (2, 3, 4), (2, 3, 4)])


def split(a):
    B, T, D = a.shape
    return np.transpose(np.reshape(a, (B, T, heads, D // heads)), (0, 2, 1, 3))


def loss(Wq, Wk, Wv, Wo, x, target):
    q, k, v = split(x @ Wq), split(x @ Wk), split(x @ Wv)
    scores = q @ np.transpose(k, (0, 1, 3, 2)) / np.sqrt(q.shape[-1])
    e = np.exp(scores)
    weights = e / np.sum(e, axis=-1, keepdims=True)
    context = np.reshape(np.transpose(weights @ v, (0, 2, 1, 3)), x.shape)
    return 0.5 * np.sum((context @ Wo - target) ** 2)


def softmax(s):
    s = np.exp(s - s.max(axis=-1, keepdims=True))
    return s / s.sum(axis=-1, keepdims=True)


def right(Wq, Wk, Wv, Wo, x, target):
    B, T, D = x.shape
    hd = D // heads

    def to_heads(a):
        return a.reshape(B, T, heads, hd).transpose(0, 2, 1, 3)

    def from_heads(a):
        return a.transpose(0, 2, 1, 3).reshape(B, T, D)

    q, k, v = to_heads(x @ Wq), to_heads(x @ Wk), to_heads(x @ Wv)
    attn = softmax(q @ k.transpose(0, 1, 3, 2) / np.sqrt(hd))
    concat = from_heads(attn @ v)
    dout = concat @ Wo - target
    dWo = np.tensordot(concat, dout, axes=([0, 1], [0, 1]))
    dconcat = dout @ Wo.T
    dcontext = to_heads(dconcat)
    dattn = dcontext @ v.transpose(0, 1, 3, 2)
    dv = attn.transpose(0, 1, 3, 2) @ dcontext
    dscores = attn * (dattn - np.sum(dattn * attn, axis=-1, keepdims=True)) / np.sqrt(hd)
    dq = dscores @ k
    dk = dscores.transpose(0, 1, 3, 2) @ q
    grads, dx = {"Wo": dWo}, np.zeros_like(x)
    for name, W, d in (("Wq", Wq, dq), ("Wk", Wk, dk), ("Wv", Wv, dv)):
        d = from_heads(d)
        grads[name] = x.reshape(-1, D).T @ d.reshape(-1, D)
        dx += d @ W.T
    grads["x"] = dx
    return grads


class MultiHeadAttention:
    def __init__(self, Wq, Wk, Wv, Wo):
        self.Wq, self.Wk, self.Wv, self.Wo = Wq, Wk, Wv, Wo
        self.d = Wq.shape[1] // heads

    def forward(self, x):
        self.x, self.cache, outs = x, [], []
        for h in range(heads):
            cols = slice(h * self.d, (h + 1) * self.d)
            q, k, v = x @ self.Wq[:, cols], x @ self.Wk[:, cols], x @ self.Wv[:, cols]
            s = np.einsum("btd,bsd->bts", q, k) / self.d**0.5
            p = np.exp(s - s.max(-1, keepdims=True))
            p /= p.sum(-1, keepdims=True)
            self.cache.append((cols, q, k, v, p))
            outs.append(np.einsum("bts,bsd->btd", p, v))
        self.context = np.concatenate(outs, axis=-1)
        return self.context @ self.Wo

    def backward(self, dout):
        g = {n: np.zeros_like(getattr(self, n)) for n in ("Wq", "Wk", "Wv")}
        g["Wo"] = np.einsum("btd,bte->de", self.context, dout)
        g["x"] = np.zeros_like(self.x)
        dcontext = dout @ self.Wo.T
        for cols, q, k, v, p in self.cache:
            do = dcontext[..., cols]
            dp = np.einsum("btd,bsd->bts", do, v)
            ds = p * (1 - p) * dp
            ds = ds / self.d**0.5
            dq = np.einsum("bts,bsd->btd", ds, k)
            dk = np.einsum("bts,btd->bsd", ds, q)
            dv = np.einsum("bts,btd->bsd", p, do)
            g["Wq"][:, cols] = np.einsum("btd,bte->de", self.x, dq)
            g["Wk"][:, cols] = np.einsum("btd,bte->de", self.x, dk)
            g["Wv"][:, cols] = np.einsum("btd,bte->de", self.x, dv)
            g["x"] += dq @ self.Wq[:, cols].T + dk @ self.Wk[:, cols].T + dv @ self.Wv[:, cols].T
        return g


def backprop(Wq, Wk, Wv, Wo, x, target):
    layer = MultiHeadAttention(Wq, Wk, Wv, Wo)
    return layer.backward(layer.forward(x) - target)

"""Gaze inner products laid along the rows.

expected kind: wrong-axis or wrong-shape
wrong line: 90 or 91
correction 90: inner = np.sum(dweights * weights, axis=1, keepdims=True)
correction 91: dscores = weights * (dweights - inner[:, None]) / np.sqrt(q.shape[1])
what: The sums of the rows lose their axis, so that each is subtracted from a column
source: https://github.com/SKaiNET-developers/SKaiNET/issues/863
said: in the gradient of the softmax the axis that was summed isn't put back before the subtraction
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return *(0.8 * r.normal(size=(4, 4)) for _ in range(4)), r.normal(size=(5, 4)), r.normal(size=(5, 4))


def loss(Wq, Wk, Wv, Wo, X, Y):
    length, width = X.shape
    later = np.triu(np.ones((length, length), dtype=X.dtype), 1)
    q, k, v = ((X @ W).reshape(length, HEADS, -1).transpose(1, 0, 2) for W in (Wq, Wk, Wv))
    scores = q @ k.transpose(0, 2, 1) / (width // HEADS) ** 0.5
    e = np.exp(scores) * (1 - later)
    heads = (e / np.sum(e, axis=2, keepdims=True)) @ v
    out = heads.transpose(1, 0, 2).reshape(length, width) @ Wo
    return 0.5 * np.sum((out - Y) ** 2)


class CausalAttention:
    """Keeps the logarithm of the normaliser; computes the weights anew on the way back."""

    def forward(self, q, k, v):
        self.scale = q.shape[-1] ** -0.5
        self.causal = np.where(np.tri(q.shape[1]) > 0, 0.0, -np.inf)
        s = self.scale * np.einsum("hid,hjd->hij", q, k) + self.causal
        self.lse = np.log(np.exp(s).sum(axis=-1, keepdims=True))
        self.o = np.einsum("hij,hjd->hid", np.exp(s - self.lse), v)
        self.saved = q, k, v
        return self.o

    def backward(self, do):
        q, k, v = self.saved
        s = self.scale * np.einsum("hid,hjd->hij", q, k)
        p = np.exp(s + self.causal - self.lse)
        delta = np.sum(do * self.o, axis=-1, keepdims=True)
        dv = np.einsum("hij,hid->hjd", p, do)
        dp = np.einsum("hid,hjd->hij", do, v)
        ds = self.scale * p * (dp - delta)
        return np.einsum("hij,hjd->hid", ds, k), np.einsum("hij,hid->hjd", ds, q), dv


def split_heads(a):
    return np.stack(np.split(a, HEADS, axis=1))


def merge_heads(a):
    return np.concatenate(list(a), axis=1)


def right(Wq, Wk, Wv, Wo, X, Y):
    attention = CausalAttention()
    mixed = merge_heads(attention.forward(split_heads(X @ Wq), split_heads(X @ Wk), split_heads(X @ Wv)))
    error = mixed @ Wo - Y
    grads = attention.backward(split_heads(error @ Wo.T))
    return *(X.T @ merge_heads(g) for g in grads), mixed.T @ error


def masked_softmax(scores):
    allowed = np.tril(np.ones_like(scores)) > 0
    scores = np.where(allowed, scores, -np.inf)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def head_forward(x, wq, wk, wv):
    q, k, v = x @ wq, x @ wk, x @ wv
    weights = masked_softmax(q @ k.T / np.sqrt(q.shape[1]))
    return weights @ v, (q, k, v, weights)


def head_backward(x, cache, dhead):
    q, k, v, weights = cache
    dv = weights.T @ dhead
    dweights = dhead @ v.T
    inner = np.sum(dweights * weights, axis=1)
    dscores = weights * (dweights - inner) / np.sqrt(q.shape[1])
    return x.T @ (dscores @ k), x.T @ (dscores.T @ q), x.T @ dv


def backprop(Wq, Wk, Wv, Wo, X, Y):
    d = X.shape[1] // HEADS
    spans = [slice(n * d, (n + 1) * d) for n in range(HEADS)]
    results = [head_forward(X, Wq[:, s], Wk[:, s], Wv[:, s]) for s in spans]
    joined = np.concatenate([head for head, _ in results], axis=1)
    dout = joined @ Wo - Y
    djoined = dout @ Wo.T
    dWq, dWk, dWv = np.empty_like(Wq), np.empty_like(Wk), np.empty_like(Wv)
    for s, (_, cache) in zip(spans, results):
        dWq[:, s], dWk[:, s], dWv[:, s] = head_backward(X, cache, djoined[:, s])
    return dWq, dWk, dWv, joined.T @ dout

"""Heads divided without the root.

expected kind: scale
wrong line: 118
correction 118: dscores /= np.sqrt(self.Q.shape[-1])
what: The scores are divided by the width of a head, not by its root
source: https://github.com/delzac/cntkx/issues/10
said: the square root does not seem to be applied
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk, Wv, Wo, x, target = (r.normal(size=s) for s in [(4, 4), (4, 4), (4, 4), (4, 4), (2, 5, 4), (2, 5, 4)])
    return 0.7 * Wq, 0.7 * Wk, Wv, Wo, x, target, np.array([5, 3])


def loss(Wq, Wk, Wv, Wo, x, target, lengths):
    total, d = 0.0, x.shape[2] // HEADS
    for n, length in enumerate(lengths):
        tokens = x[n, :length]
        heads = []
        for h in range(HEADS):
            at = slice(h * d, (h + 1) * d)
            scores = (tokens @ Wq[:, at]) @ (tokens @ Wk[:, at]).T / np.sqrt(d)
            weights = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
            heads.append(weights @ (tokens @ Wv[:, at]))
        total += 0.5 * np.sum((np.hstack(heads) @ Wo - target[n, :length]) ** 2)
    return total / np.sum(lengths)


def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


def head_forward(tokens, Wq, Wk, Wv):
    q, k, v = tokens.dot(Wq), tokens.dot(Wk), tokens.dot(Wv)
    scores = q.dot(k.T) / np.sqrt(q.shape[1])
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    return p.dot(v), (tokens, q, k, v, p)


def head_backward(dhead, cache):
    tokens, q, k, v, p = cache
    dv = p.T.dot(dhead)
    dp = dhead.dot(v.T)
    dscores = np.zeros_like(p)
    for i in range(len(p)):
        dscores[i] = softmax_jacobian(p[i]).dot(dp[i])
    dscores = dscores / np.sqrt(q.shape[1])
    dq = dscores.dot(k)
    dk = dscores.T.dot(q)
    return tokens.T.dot(dq), tokens.T.dot(dk), tokens.T.dot(dv)


def right(Wq, Wk, Wv, Wo, x, target, lengths):
    d = x.shape[2] // HEADS
    dWq, dWk, dWv, dWo = np.zeros_like(Wq), np.zeros_like(Wk), np.zeros_like(Wv), np.zeros_like(Wo)
    columns = [slice(h * d, (h + 1) * d) for h in range(HEADS)]
    for n, length in enumerate(lengths):
        tokens = x[n, :length]
        outs, caches = [], []
        for c in columns:
            head, cache = head_forward(tokens, Wq[:, c], Wk[:, c], Wv[:, c])
            outs.append(head)
            caches.append(cache)
        context = np.concatenate(outs, axis=1)
        dout = context.dot(Wo) - target[n, :length]
        dout /= lengths.sum()
        dWo += context.T.dot(dout)
        dcontext = dout.dot(Wo.T)
        for c, cache in zip(columns, caches):
            dq_w, dk_w, dv_w = head_backward(dcontext[:, c], cache)
            dWq[:, c] += dq_w
            dWk[:, c] += dk_w
            dWv[:, c] += dv_w
    return dWq, dWk, dWv, dWo


def split_heads(x):
    B, T, D = x.shape
    return x.reshape(B, T, HEADS, D // HEADS).transpose(0, 2, 1, 3)


def merge_heads(x):
    B, H, T, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(B, T, H * d)


class MultiHeadAttention:
    def __init__(self, Wq, Wk, Wv, Wo):
        self.Wq, self.Wk, self.Wv, self.Wo = Wq, Wk, Wv, Wo

    def forward(self, x, mask):
        self.x = x
        self.Q, self.K, self.V = split_heads(x @ self.Wq), split_heads(x @ self.Wk), split_heads(x @ self.Wv)
        scores = self.Q @ self.K.transpose(0, 1, 3, 2) / np.sqrt(self.Q.shape[-1])
        scores = np.where(mask[:, None, None, :], scores, -1e9)
        e = np.exp(scores - scores.max(axis=-1, keepdims=True))
        self.A = e / e.sum(axis=-1, keepdims=True)
        self.context = merge_heads(self.A @ self.V)
        return self.context @ self.Wo

    def backward(self, dout):
        flat_x = self.x.reshape(-1, self.x.shape[2])
        D = dout.shape[2]
        dWo = self.context.reshape(-1, D).T @ dout.reshape(-1, D)
        dcontext = split_heads(dout @ self.Wo.T)
        dA = dcontext @ self.V.transpose(0, 1, 3, 2)
        dV = self.A.transpose(0, 1, 3, 2) @ dcontext
        dscores = self.A * (dA - np.sum(dA * self.A, axis=-1, keepdims=True))
        dscores /= self.Q.shape[-1]
        dQ = dscores @ self.K
        dK = dscores.transpose(0, 1, 3, 2) @ self.Q
        dWq = flat_x.T @ merge_heads(dQ).reshape(-1, D)
        dWk = flat_x.T @ merge_heads(dK).reshape(-1, D)
        dWv = flat_x.T @ merge_heads(dV).reshape(-1, D)
        return dWq, dWk, dWv, dWo


def backprop(Wq, Wk, Wv, Wo, x, target, lengths):
    mask = np.arange(x.shape[1]) < lengths[:, None]
    mha = MultiHeadAttention(Wq, Wk, Wv, Wo)
    out = mha.forward(x, mask)
    dout = (out - target) / mask.sum()
    dout = dout * mask[:, :, None]
    return mha.backward(dout)

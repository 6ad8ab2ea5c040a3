"""Heads scaled by the width of all heads.

expected kind: scale
wrong line: 86
correction 86: ds /= np.sqrt(d)
what: On the way back the scores are divided by the root of the whole width, not of a head's
source: https://github.com/rezazad68/TMUnet/issues/13
said: the scale belongs to the width of a head, the embedding divided by the number of heads
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return *(0.7 * r.normal(size=(4, 4)) for _ in range(4)), r.normal(size=(2, 3, 4)), r.normal(size=(2, 3, 4))


def loss(Wq, Wk, Wv, Wo, X, T):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    heads = []
    for h in range(HEADS):
        part = slice(2 * h, 2 * h + 2)
        S = np.einsum("nid,njd->nij", Q[:, :, part], K[:, :, part]) / np.sqrt(2)
        P = np.exp(S) / np.sum(np.exp(S), axis=2, keepdims=True)
        heads.append(P @ V[:, :, part])
    return 0.5 * np.sum((np.concatenate(heads, axis=2) @ Wo - T) ** 2) / len(X)


def split_heads(x):
    n, t, d = x.shape
    return x.reshape(n, t, HEADS, d // HEADS).transpose(0, 2, 1, 3)


def merge_heads(x):
    n, h, t, d = x.shape
    return x.transpose(0, 2, 1, 3).reshape(n, t, h * d)


def right(Wq, Wk, Wv, Wo, X, T):
    q, k, v = split_heads(X @ Wq), split_heads(X @ Wk), split_heads(X @ Wv)
    scale = 1 / np.sqrt(q.shape[-1])
    scores = q @ k.transpose(0, 1, 3, 2) * scale
    scores -= scores.max(axis=-1, keepdims=True)
    probs = np.exp(scores)
    probs /= probs.sum(axis=-1, keepdims=True)
    context = merge_heads(probs @ v)
    dout = (context @ Wo - T) / len(X)
    dWo = np.tensordot(context, dout, axes=([0, 1], [0, 1]))
    dcontext = split_heads(dout @ Wo.T)
    dv = probs.transpose(0, 1, 3, 2) @ dcontext
    dprobs = dcontext @ v.transpose(0, 1, 3, 2)
    dscores = probs * (dprobs - (dprobs * probs).sum(axis=-1, keepdims=True))
    dscores *= scale
    dq = dscores @ k
    dk = dscores.transpose(0, 1, 3, 2) @ q
    dWq, dWk, dWv = (np.einsum("nti,ntj->ij", X, merge_heads(d)) for d in (dq, dk, dv))
    return dWq, dWk, dWv, dWo


def one_head(x, wq, wk, wv):
    q, k, v = x.dot(wq), x.dot(wk), x.dot(wv)
    a = np.exp(q.dot(k.T) / np.sqrt(wq.shape[1]))
    a = a / a.sum(axis=1)[:, None]
    return a.dot(v), (q, k, v, a)


def backprop(Wq, Wk, Wv, Wo, X, T):
    grads = {name: np.zeros_like(Wq) for name in PARAMETERS}
    d = Wq.shape[1] // HEADS
    columns = [slice(h * d, (h + 1) * d) for h in range(HEADS)]
    for x, target in zip(X, T):
        outs, caches = zip(*(one_head(x, Wq[:, c], Wk[:, c], Wv[:, c]) for c in columns))
        o = np.hstack(outs)
        err = (o.dot(Wo) - target) / len(X)
        grads["Wo"] += o.T.dot(err)
        do = err.dot(Wo.T)
        for c, (q, k, v, a) in zip(columns, caches):
            da = do[:, c].dot(v.T)
            ds = np.zeros_like(a)
            for i in range(len(a)):
                ds[i] = (np.diag(a[i]) - np.outer(a[i], a[i])).dot(da[i])
            ds /= np.sqrt(Wq.shape[1])
            grads["Wq"][:, c] += x.T.dot(ds.dot(k))
            grads["Wk"][:, c] += x.T.dot(ds.T.dot(q))
            grads["Wv"][:, c] += x.T.dot(a.T.dot(do[:, c]))
    return grads

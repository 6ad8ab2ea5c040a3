"""Combined orchestra values get the scale of the scores and norm lacks the mean.

expected kind: missing-term + scale
wrong line: 85 and 114
correction 85: return (g - g.mean(axis=1)[:, None] - hat * (g * hat).mean(axis=1)[:, None]) / sd
correction 114: dqkv[:, v] = a.T @ do
what: The gradient of the values has the factor that belongs to the scores; the norm doesn't take off the mean of what comes back
source: https://github.com/FrancescoSaverioZuppichini/ViT/issues/6
said: what comes out of the softmax is multiplied by the scaling, which belongs to the scores before it; the norm is the author's
"""

import numpy as np

PARAMETERS = ["We", "gain", "shift", "Wqkv", "Wo", "Wc"]
HEADS = 2
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    We, Wqkv, Wo = r.normal(size=(3, 4)), 0.8 * r.normal(size=(4, 12)), r.normal(size=(4, 4))
    gain, shift, Wc = 1 + 0.3 * r.normal(size=4), 0.3 * r.normal(size=4), r.normal(size=(4, 3))
    return We, gain, shift, Wqkv, Wo, Wc, r.normal(size=(4, 5, 3)), r.integers(0, 3, size=4)


def loss(We, gain, shift, Wqkv, Wo, Wc, notes, pieces):
    x = notes @ We
    centred = x - np.mean(x, axis=-1, keepdims=True)
    n = centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + EPS) * gain + shift
    B, T, D = x.shape
    d = D // HEADS
    qkv = (n @ Wqkv).reshape(B, T, 3, HEADS, d).transpose(2, 0, 3, 1, 4)
    e = np.exp(qkv[0] @ qkv[1].transpose(0, 1, 3, 2) / d**0.5)
    played = (e / np.sum(e, axis=-1, keepdims=True)) @ qkv[2]
    y = x + played.transpose(0, 2, 1, 3).reshape(B, T, D) @ Wo
    logits = np.mean(y, axis=1) @ Wc
    chosen = np.sum(logits * np.eye(3, dtype=Wc.dtype)[pieces], axis=1)
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - chosen)


def right(We, gain, shift, Wqkv, Wo, Wc, notes, pieces):
    B, T, _ = notes.shape
    D = Wo.shape[0]
    g = {}
    x = np.einsum("bti,id->btd", notes, We)
    rstd = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + EPS)
    hat = (x - x.mean(axis=-1, keepdims=True)) * rstd
    n = hat * gain + shift
    q, k, v = np.split(n @ Wqkv, 3, axis=-1)
    q, k, v = (s.reshape(B, T, HEADS, D // HEADS) for s in (q, k, v))
    scores = np.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(D // HEADS)
    att = np.exp(scores - scores.max(axis=-1, keepdims=True))
    att /= att.sum(axis=-1, keepdims=True)
    joined = np.einsum("bhqk,bkhd->bqhd", att, v).reshape(B, T, D)
    pooled = (x + joined @ Wo).mean(axis=1)
    p = np.exp(pooled @ Wc)
    p /= p.sum(axis=1, keepdims=True)
    p[range(B), pieces] -= 1
    g["Wc"] = pooled.T @ p / B
    dy = np.repeat((p @ Wc.T / B)[:, None] / T, T, axis=1)
    g["Wo"] = np.einsum("btd,bte->de", joined, dy)
    djoined = (dy @ Wo.T).reshape(B, T, HEADS, D // HEADS)
    dv = np.einsum("bhqk,bqhd->bkhd", att, djoined)
    datt = np.einsum("bqhd,bkhd->bhqk", djoined, v)
    dscores = att * (datt - np.einsum("bhqk,bhqk->bhq", att, datt)[..., None])
    dscores /= np.sqrt(D // HEADS)
    dq = np.einsum("bhqk,bkhd->bqhd", dscores, k)
    dk = np.einsum("bhqk,bqhd->bkhd", dscores, q)
    dqkv = np.concatenate([s.reshape(B, T, D) for s in (dq, dk, dv)], axis=-1)
    g["Wqkv"] = np.einsum("btd,bte->de", n, dqkv)
    dn = dqkv @ Wqkv.T
    g["gain"], g["shift"] = np.einsum("btd,btd->d", dn, hat), np.einsum("btd->d", dn)
    dhat = dn * gain
    inner = dhat - dhat.mean(axis=-1, keepdims=True) - hat * (dhat * hat).mean(axis=-1, keepdims=True)
    g["We"] = np.einsum("bti,btd->id", notes, dy + rstd * inner)
    return g


def softmax(s):
    e = np.exp(s - np.max(s, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def back_through_norm(g, hat, sd):
    return (g - hat * (g * hat).mean(axis=1)[:, None]) / sd


def backprop(We, gain, shift, Wqkv, Wo, Wc, notes, pieces):
    grads = [np.zeros_like(w) for w in (We, gain, shift, Wqkv, Wo, Wc)]
    dWe, dgain, dshift, dWqkv, dWo, dWc = grads
    D = len(gain)
    d = D // HEADS
    scale = d**-0.5
    for piece, label in zip(notes, pieces):
        x = piece @ We
        sd = np.sqrt(np.var(x, axis=1, keepdims=True) + EPS)
        hat = (x - np.mean(x, axis=1, keepdims=True)) / sd
        n = hat * gain + shift
        qkv, weights, out = n @ Wqkv, [], np.zeros(x.shape)
        parts = [[slice(i * D + h * d, i * D + (h + 1) * d) for i in range(3)] for h in range(HEADS)]
        for h, (q, k, v) in enumerate(parts):
            weights.append(softmax(scale * qkv[:, q] @ qkv[:, k].T))
            out[:, q] = weights[h] @ qkv[:, v]
        pooled = np.mean(x + out @ Wo, axis=0)
        error = softmax(pooled @ Wc)
        error[label] -= 1
        error /= len(pieces)
        dWc += np.outer(pooled, error)
        dy = np.ones((len(x), 1)) * (Wc @ error) / len(x)
        dWo += out.T @ dy
        dout, dqkv = dy @ Wo.T, np.zeros(qkv.shape)
        for h, (q, k, v) in enumerate(parts):
            a, do = weights[h], dout[:, q]
            dqkv[:, v] = scale * a.T @ do
            da = do @ qkv[:, v].T
            ds = scale * a * (da - np.sum(a * da, axis=1, keepdims=True))
            dqkv[:, q] = ds @ qkv[:, k]
            dqkv[:, k] = ds.T @ qkv[:, q]
        dWqkv += n.T @ dqkv
        dn = dqkv @ Wqkv.T
        dgain += np.sum(dn * hat, axis=0)
        dshift += np.sum(dn, axis=0)
        dWe += piece.T @ (dy + back_through_norm(dn * gain, hat, sd))
    return grads

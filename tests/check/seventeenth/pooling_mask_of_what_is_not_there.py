"""Pooling mask of what is not there.

expected kind: wrong-mask or missing-factor or wrong-point
wrong line: 72
correction 72: dscore = alpha * (dalpha - inner)
what: The mask is inverted on the way back: what is there gets nothing
source: https://github.com/InseeFrLab/torchTextClassifiers/pull/92
said: the mask of the attention was inverted where it is handed over
"""

import numpy as np

PARAMETERS = ["Wa", "u", "Wc"]


def data(seed=0):
    r = np.random.default_rng(seed)
    lengths = np.array([5, 3, 4, 2])
    mask = np.arange(5)[None, :] < lengths[:, None]
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(3, 3)), r.normal(size=(4, 5, 3)), mask, np.array([2, 0, 1, 1])


def loss(Wa, u, Wc, H, mask, y):
    e = np.exp(np.tanh(H @ Wa) @ u) * mask
    alpha = e / np.sum(e, axis=1, keepdims=True)
    pooled = np.sum(alpha[:, :, None] * H, axis=1)
    s = pooled @ Wc
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def right(Wa, u, Wc, H, mask, y):
    dWa, du, dWc = 0 * Wa, 0 * u, 0 * Wc
    for b in range(len(y)):
        words = H[b][mask[b]]
        t = np.tanh(words @ Wa)
        a = np.exp(t @ u)
        a = a / a.sum()
        c = words.T @ a
        p = np.exp(c @ Wc)
        p = p / p.sum()
        p[y[b]] -= 1
        dWc += np.outer(c, p)
        da = words @ (Wc @ p)
        jacobian = np.diag(a) - np.outer(a, a)
        ds = jacobian @ da
        du += t.T @ ds
        dt = np.outer(ds, u)
        dz = dt * (1 - t * t)
        dWa += words.T @ dz
    return dWa, du, dWc


def attend(H, mask, Wa, u):
    hidden = np.tanh(np.einsum("btd,da->bta", H, Wa))
    score = np.einsum("bta,a->bt", hidden, u)
    score = np.where(mask, score, -1e9)
    alpha = np.exp(score - score.max(axis=1, keepdims=True))
    return hidden, alpha / alpha.sum(axis=1, keepdims=True)


def backprop(Wa, u, Wc, H, mask, y):
    hidden, alpha = attend(H, mask, Wa, u)
    pooled = np.einsum("bt,btd->bd", alpha, H)
    logits = pooled.dot(Wc)
    dlogits = np.exp(logits - logits.max(axis=1, keepdims=True))
    dlogits /= dlogits.sum(axis=1, keepdims=True)
    dlogits[np.arange(len(y)), y] -= 1
    dWc = pooled.T.dot(dlogits)
    dpooled = dlogits.dot(Wc.T)
    dalpha = np.einsum("bd,btd->bt", dpooled, H)
    inner = np.sum(dalpha * alpha, axis=1, keepdims=True)
    dscore = np.where(mask, 0, alpha * (dalpha - inner))
    du = np.einsum("bt,bta->a", dscore, hidden)
    dpre = dscore[:, :, None] * u * (1 - hidden**2)
    dWa = np.einsum("btd,bta->da", H, dpre)
    return dWa, du, dWc

"""Triplet normalised element by element.

expected kind: diagonal-jacobian
wrong line: 54
correction 54: df = (de - e * np.dot(e, de)) / length
what: Each element of a normalised vector is taken to depend on the same element before only
source: https://github.com/pjreddie/darknet/issues/1837
said: the derivative of an L2 normalisation is (1 - x) / sum; by the asker's calculation it is (1 - x * x) / sum
"""

import numpy as np

PARAMETERS = ["W1", "W2"]
MARGIN = 3.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(3, 3)), *r.normal(size=(3, 4, 4))


def loss(W1, W2, anchor, positive, negative):
    features = [np.tanh(x @ W1) @ W2 for x in (anchor, positive, negative)]
    a, p, n = [f / np.sqrt(np.sum(f**2, axis=1, keepdims=True)) for f in features]
    gaps = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + MARGIN
    return np.mean(np.maximum(gaps, 0))


def right(W1, W2, anchor, positive, negative):
    x = np.concatenate([anchor, positive, negative])
    h = np.tanh(x.dot(W1))
    f = h.dot(W2)
    norm = np.linalg.norm(f, axis=1, keepdims=True)
    e = f / norm
    ori, pos, neg = np.split(e, 3)
    tloss = ((ori - pos) ** 2 - (ori - neg) ** 2).sum(axis=1) + MARGIN
    active = (tloss > 0).reshape(-1, 1)
    pair_num = len(ori)
    diff = np.concatenate([neg - pos, pos - ori, ori - neg])
    diff *= 2 * np.tile(active, (3, 1)) / pair_num
    f_diff = (diff - e * (e * diff).sum(axis=1, keepdims=True)) / norm
    h_diff = f_diff.dot(W2.T) * (1 - h**2)
    return [x.T.dot(h_diff), h.T.dot(f_diff)]


def embed(x, W1, W2):
    hidden = np.tanh(x @ W1)
    f = hidden @ W2
    length = np.sqrt(np.sum(f * f))
    return hidden, length, f / length


def embed_back(x, hidden, length, e, de, W2):
    df = (1 - e * e) * de / length
    dhidden = W2 @ df
    return np.outer(x, dhidden * (1 - hidden**2)), np.outer(hidden, df)


def backprop(W1, W2, anchor, positive, negative):
    dW1, dW2 = np.zeros_like(W1), np.zeros_like(W2)
    for xa, xp, xn in zip(anchor, positive, negative):
        ha, la, a = embed(xa, W1, W2)
        hp, lp, p = embed(xp, W1, W2)
        hn, ln, n = embed(xn, W1, W2)
        if np.sum((a - p) ** 2) - np.sum((a - n) ** 2) + MARGIN <= 0:
            continue
        da, dp, dn = 2 * (n - p), 2 * (p - a), 2 * (a - n)
        for args in ((xa, ha, la, a, da), (xp, hp, lp, p, dp), (xn, hn, ln, n, dn)):
            d1, d2 = embed_back(*args, W2)
            dW1 += d1 / len(anchor)
            dW2 += d2 / len(anchor)
    return dW1, dW2

"""Letters only what was thought comes back.

expected kind: missing-term
wrong line: 140
correction 140: dy = dz + dthought
what: Around the feed-forward layer the gradient doesn't take the residual way
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "P", "W", "O", "A", "B"]
HEADS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    # short words of an alphabet of six; each letter is guessed from those before
    words, T, D, F = 3, 4, 4, 5
    E, P = r.normal(size=(6, D)), 0.5 * r.normal(size=(T, D))
    blocks = 0.6 * r.normal(size=(D, 3 * D)), 0.8 * r.normal(size=(D, D)), 0.7 * r.normal(size=(D, F)), 0.7 * r.normal(size=(F, D))
    return E, P, *blocks, r.integers(0, 6, size=(words, T + 1))


def loss(E, P, W, O, A, B, letters):
    words, T, D = letters.shape[0], P.shape[0], P.shape[1]
    d = D // HEADS
    later = 1e4 * np.triu(np.ones((T, T)), 1)
    x = E[letters[:, :-1]] + P
    qkv = x @ W
    mixed = []
    for h in range(HEADS):
        q, k, v = (qkv[:, :, i * D + h * d : i * D + (h + 1) * d] for i in range(3))
        s = q @ np.swapaxes(k, 1, 2) / np.sqrt(d) - later
        e = np.exp(s - np.max(s, axis=2, keepdims=True))
        mixed.append(e / np.sum(e, axis=2, keepdims=True) @ v)
    y = x + np.concatenate(mixed, axis=2) @ O
    z = y + np.tanh(y @ A) @ B
    scores = z @ E.T
    log_p = scores - np.log(np.sum(np.exp(scores), axis=2, keepdims=True))
    return -np.sum(log_p[np.arange(words)[:, None], np.arange(T), letters[:, 1:]]) / words


def one_word(E, P, W, O, A, B, word):
    T, D = P.shape
    d, root = D // HEADS, np.sqrt(D // HEADS)
    x = E[word[:-1]] + P
    packed = (x @ W).reshape(T, 3, HEADS, d)
    shares, o = [], np.zeros((T, D))
    for h in range(HEADS):
        q, k, v = packed[:, 0, h], packed[:, 1, h], packed[:, 2, h]
        s = np.where(np.tri(T) > 0, q @ k.T / root, -np.inf)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        shares.append(e / e.sum(axis=1, keepdims=True))
        o[:, h * d : (h + 1) * d] = shares[h] @ v
    y = x + o @ O
    t = np.tanh(y @ A)
    z = y + t @ B
    e = np.exp(z @ E.T)
    g = e / e.sum(axis=1, keepdims=True)
    g[np.arange(T), word[1:]] -= 1
    # back: the letters are embedded, and guessed, by the same E
    dE, dz = g.T @ z, g @ E
    dB = t.T @ dz
    dt = (dz @ B.T) * (1 - t * t)
    dA, dy = y.T @ dt, dz + dt @ A.T
    dO, do = o.T @ dy, dy @ O.T
    dpacked = np.zeros_like(packed)
    for h in range(HEADS):
        p, dh = shares[h], do[:, h * d : (h + 1) * d]
        dp = dh @ packed[:, 2, h].T
        ds = p * (dp - np.sum(p * dp, axis=1, keepdims=True)) / root
        dpacked[:, 0, h] = ds @ packed[:, 1, h]
        dpacked[:, 1, h] = ds.T @ packed[:, 0, h]
        dpacked[:, 2, h] = p.T @ dh
    dpacked = dpacked.reshape(T, 3 * D)
    dW, dx = x.T @ dpacked, dy + dpacked @ W.T
    for letter, row in zip(word[:-1], dx):
        dE[letter] += row
    return dE, dx, dW, dO, dA, dB


def right(E, P, W, O, A, B, letters):
    parts = [one_word(E, P, W, O, A, B, word) for word in letters]
    return [sum(part) / len(letters) for part in zip(*parts)]


class Attention:
    def __init__(self, W, O):
        self.W, self.O = W, O

    def forward(self, x):
        n, T, D = x.shape
        self.x, self.root = x, np.sqrt(D // HEADS)
        self.q, self.k, self.v = np.moveaxis((x @ self.W).reshape(n, T, 3, HEADS, D // HEADS), (2, 3), (0, 2))
        s = np.einsum("nhqd,nhkd->nhqk", self.q, self.k) / self.root
        e = np.exp(s) * np.tril(np.ones((T, T)))
        self.p = e / e.sum(axis=-1, keepdims=True)
        self.o = np.einsum("nhqk,nhkd->nqhd", self.p, self.v).reshape(n, T, D)
        return self.o @ self.O

    def backward(self, dy):
        n, T, D = dy.shape
        dO = np.einsum("nti,ntj->ij", self.o, dy)
        do = (dy @ self.O.T).reshape(n, T, HEADS, -1)
        dp = np.einsum("nqhd,nhkd->nhqk", do, self.v)
        ds = self.p * (dp - np.einsum("nhqk,nhqk->nhq", dp, self.p)[..., None]) / self.root
        dq, dk = np.einsum("nhqk,nhkd->nqhd", ds, self.k), np.einsum("nhqk,nhqd->nkhd", ds, self.q)
        dv = np.einsum("nhqk,nqhd->nkhd", self.p, do)
        dqkv = np.concatenate([g.reshape(n, T, D) for g in (dq, dk, dv)], axis=2)
        return dqkv @ self.W.T, np.einsum("nti,ntj->ij", self.x, dqkv), dO


class FeedForward:
    def __init__(self, A, B):
        self.A, self.B = A, B

    def forward(self, y):
        self.y, self.t = y, np.tanh(y @ self.A)
        return self.t @ self.B

    def backward(self, dz):
        dpre = (dz @ self.B.T) * (1 - self.t**2)
        return dpre @ self.A.T, np.einsum("nti,ntj->ij", self.y, dpre), np.einsum("nti,ntj->ij", self.t, dz)


def backprop(E, P, W, O, A, B, letters):
    given, wanted = letters[:, :-1], letters[:, 1:]
    attend, think = Attention(W, O), FeedForward(A, B)
    x = E[given] + P
    y = x + attend.forward(x)
    z = y + think.forward(y)
    chances = np.exp(z @ E.T)
    chances /= chances.sum(axis=2, keepdims=True)
    dscores = (chances - np.eye(len(E))[wanted]) / len(letters)
    dE = np.einsum("ntv,ntd->vd", dscores, z)
    dz = dscores @ E
    dthought, dA, dB = think.backward(dz)
    dy = dthought
    dseen, dW, dO = attend.backward(dy)
    dx = dy + dseen
    np.add.at(dE, given, dx)
    return {"E": dE, "P": dx.sum(axis=0), "W": dW, "O": dO, "A": dA, "B": dB}

"""Arrays choir input bias as a mean.

expected kind: mean-for-sum
wrong line: 109
correction 109: self.dbqkv = dpacked.sum(axis=(0, 1))
given as: arrays
what: The gradient of the biases of queries, keys and values is a mean over the words of the batch
source: https://github.com/nntile/nntile/issues/156
said: the gradients of the biases in attention seem to be wrong; it isn't said how, the form is the author's
"""

import numpy as np

PARAMETERS = ["Wqkv", "bqkv", "Wo", "bo"]
VOICES = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    X, labels = r.normal(size=(2, 4, 4)), r.integers(0, 4, size=(2, 4))
    return r.normal(size=(4, 12)), r.normal(size=12), r.normal(size=(4, 4)), r.normal(size=4), X, labels


def loss(Wqkv, bqkv, Wo, bo, X, labels):
    N, T, D = X.shape
    packed = (X @ Wqkv + bqkv).reshape(N, T, 3, VOICES, D // VOICES).transpose(2, 0, 3, 1, 4)
    scores = packed[0] @ packed[1].transpose(0, 1, 3, 2) / (D / VOICES) ** 0.5
    e = np.exp(scores) * np.tril(np.ones((T, T), dtype=X.dtype))
    mixed = (e / np.sum(e, axis=3, keepdims=True)) @ packed[2]
    logits = (mixed.transpose(0, 2, 1, 3).reshape(N, T, D) @ Wo + bo).reshape(N * T, D)
    log_p = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(N * T), labels.reshape(-1)])


def sing(packed, mixed, voice, d):
    """Write what one voice says into mixed; return what it looked at."""
    D = mixed.shape[1]
    q, k, v = (packed[:, part * D + voice * d :][:, :d] for part in range(3))
    T = len(q)
    a = np.zeros((T, T))
    for t in range(T):
        e = np.exp(k[: t + 1] @ q[t] / np.sqrt(d))
        a[t, : t + 1] = e / e.sum()
    mixed[:, voice * d : (voice + 1) * d] = a @ v
    return q, k, v, a


def sing_back(cache, dmixed, dpacked, voice, d):
    q, k, v, a = cache
    D = dmixed.shape[1]
    dy = dmixed[:, voice * d : (voice + 1) * d]
    dq, dk, dv = (dpacked[:, part * D + voice * d :][:, :d] for part in range(3))
    da = dy @ v.T
    ds = a * (da - (da * a).sum(axis=1)[:, None])
    dq += ds @ k / np.sqrt(d)
    dk += ds.T @ q / np.sqrt(d)
    dv += a.T @ dy


def right(Wqkv, bqkv, Wo, bo, X, labels):
    dWqkv, dbqkv, dWo, dbo = (np.zeros_like(p) for p in (Wqkv, bqkv, Wo, bo))
    d = X.shape[2] // VOICES
    for x, label in zip(X, labels):
        packed, mixed = x @ Wqkv + bqkv, np.zeros_like(x)
        caches = [sing(packed, mixed, voice, d) for voice in range(VOICES)]
        dy = np.exp(mixed @ Wo + bo)
        dy /= dy.sum(axis=1, keepdims=True)
        dy[np.arange(len(x)), label] -= 1
        dy /= labels.size
        dWo += mixed.T @ dy
        dbo += dy.sum(axis=0)
        dmixed, dpacked = dy @ Wo.T, np.zeros_like(packed)
        for voice, cache in enumerate(caches):
            sing_back(cache, dmixed, dpacked, voice, d)
        dWqkv += x.T @ dpacked
        dbqkv += dpacked.sum(axis=0)
    return dWqkv, dbqkv, dWo, dbo


class MultiHead:
    def __init__(self, Wqkv, bqkv, Wo, bo):
        self.Wqkv, self.bqkv, self.Wo, self.bo = Wqkv, bqkv, Wo, bo

    def fold(self, a):
        return a.reshape(*a.shape[:2], VOICES, -1).swapaxes(1, 2)

    def unfold(self, a):
        return a.swapaxes(1, 2).reshape(a.shape[0], a.shape[2], -1)

    def __call__(self, x):
        self.x = x
        self.q, self.k, self.v = (self.fold(a) for a in np.split(x @ self.Wqkv + self.bqkv, 3, axis=-1))
        s = np.einsum("nhid,nhjd->nhij", self.q, self.k) / np.sqrt(self.q.shape[-1])
        e = np.exp(s) * np.tri(x.shape[1])
        self.a = e / e.sum(-1, keepdims=True)
        self.mixed = self.unfold(np.einsum("nhij,nhjd->nhid", self.a, self.v))
        return self.mixed @ self.Wo + self.bo

    def back(self, dy):
        self.dWo = np.einsum("ntd,nte->de", self.mixed, dy)
        self.dbo = dy.sum(axis=(0, 1))
        dmixed = self.fold(dy @ self.Wo.T)
        da = np.einsum("nhid,nhjd->nhij", dmixed, self.v)
        ds = self.a * (da - np.einsum("nhij,nhij->nhi", da, self.a)[..., None]) / np.sqrt(self.q.shape[-1])
        dq, dk = np.einsum("nhij,nhjd->nhid", ds, self.k), np.einsum("nhij,nhid->nhjd", ds, self.q)
        dv = np.einsum("nhij,nhid->nhjd", self.a, dmixed)
        dpacked = np.concatenate([self.unfold(d) for d in (dq, dk, dv)], axis=-1)
        self.dWqkv = np.einsum("ntd,nte->de", self.x, dpacked)
        self.dbqkv = dpacked.mean(axis=(0, 1))


def backprop(Wqkv, bqkv, Wo, bo, X, labels):
    layer = MultiHead(Wqkv, bqkv, Wo, bo)
    e = np.exp(layer(X))
    target = np.eye(X.shape[2])[labels]
    layer.back((e / e.sum(-1, keepdims=True) - target) / labels.size)
    return layer.dWqkv, layer.dbqkv, layer.dWo, layer.dbo

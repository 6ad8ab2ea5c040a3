"""Parliament level taken over the speakers.

expected kind: wrong-axis
wrong line: 109
correction 109: level = np.mean(dz, axis=2, keepdims=True)
what: On the way back through the norm the mean is taken over the positions, not over the features
source: https://github.com/jadore801120/attention-is-all-you-need-pytorch/pull/17
said: the layer norm takes its mean along the sequence, where it should be along the features
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "gamma", "beta", "w"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    sessions, speakers, d, dk = 3, 4, 4, 3
    Wq, Wk, Wv = r.normal(size=(d, dk)), r.normal(size=(d, dk)), 0.8 * r.normal(size=(d, d))
    gamma, beta, w = r.uniform(0.5, 1.8, size=d), 0.4 * r.normal(size=d), r.normal(size=d)
    return Wq, Wk, Wv, gamma, beta, w, r.normal(size=(sessions, speakers, d)), r.normal(size=(sessions, speakers))


def loss(Wq, Wk, Wv, gamma, beta, w, speeches, votes):
    total = 0.0
    for x, y in zip(speeches, votes):
        scores = (x @ Wq) @ (x @ Wk).T / np.sqrt(Wq.shape[1])
        e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        listened = e / np.sum(e, axis=1, keepdims=True)
        s = x + listened @ (x @ Wv)
        centered = s - np.mean(s, axis=1, keepdims=True)
        normed = centered / np.sqrt(np.mean(centered**2, axis=1, keepdims=True) + EPS)
        total = total + np.sum(((gamma * normed + beta) @ w - y) ** 2)
    return total / speeches.shape[0]


def softmax_rows(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_rows_back(a, da):
    inner = (a * da).sum(axis=-1, keepdims=True)
    return a * (da - inner)


def layer_norm(s, gamma, beta):
    mu = s.mean(axis=-1, keepdims=True)
    rstd = 1.0 / np.sqrt(s.var(axis=-1, keepdims=True) + EPS)
    hat = (s - mu) * rstd
    return gamma * hat + beta, (hat, rstd)


def layer_norm_back(dout, gamma, cache):
    hat, rstd = cache
    dhat = dout * gamma
    m1 = dhat.mean(axis=-1, keepdims=True)
    m2 = (dhat * hat).mean(axis=-1, keepdims=True)
    return rstd * (dhat - m1 - hat * m2), (dout * hat).sum(axis=0), dout.sum(axis=0)


def session(Wq, Wk, Wv, gamma, beta, w, x, y):
    scale = Wq.shape[1] ** -0.5
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    a = softmax_rows(q @ k.T * scale)
    out, cache = layer_norm(x + a @ v, gamma, beta)
    r = 2 * (out @ w - y)
    ds, dgamma, dbeta = layer_norm_back(np.outer(r, w), gamma, cache)
    dv = a.T @ ds
    dscores = softmax_rows_back(a, ds @ v.T) * scale
    dq, dk = dscores @ k, dscores.T @ q
    return x.T @ dq, x.T @ dk, x.T @ dv, dgamma, dbeta, out.T @ r


def right(Wq, Wk, Wv, gamma, beta, w, speeches, votes):
    parts = [session(Wq, Wk, Wv, gamma, beta, w, x, y) for x, y in zip(speeches, votes)]
    return tuple(sum(column) / len(speeches) for column in zip(*parts))


class House:
    """All sessions at once: b is the session, t the one who listens, s the one who speaks."""

    def __init__(self, Wq, Wk, Wv, gamma, beta, w):
        self.Wq, self.Wk, self.Wv = Wq, Wk, Wv
        self.gamma, self.beta, self.w = gamma, beta, w
        self.root = np.sqrt(Wq.shape[1])

    def sit(self, x):
        self.x = x
        self.q = np.einsum("btd,dk->btk", x, self.Wq)
        self.k = np.einsum("bsd,dk->bsk", x, self.Wk)
        self.v = np.einsum("bsd,de->bse", x, self.Wv)
        logits = np.einsum("btk,bsk->bts", self.q, self.k) / self.root
        self.a = np.exp(logits)
        self.a /= self.a.sum(axis=2, keepdims=True)
        s = x + np.einsum("bts,bse->bte", self.a, self.v)
        self.dev = np.sqrt(np.var(s, axis=2, keepdims=True) + EPS)
        self.z = (s - np.mean(s, axis=2, keepdims=True)) / self.dev
        return np.einsum("bte,e->bt", self.z * self.gamma + self.beta, self.w)

    def blame(self, err):
        g = {"w": np.einsum("bt,bte->e", err, self.z * self.gamma + self.beta)}
        dy = err[:, :, None] * self.w
        g["gamma"] = np.einsum("bte,bte->e", dy, self.z)
        g["beta"] = np.einsum("bte->e", dy)
        dz = dy * self.gamma
        along = np.mean(dz * self.z, axis=2, keepdims=True)
        level = np.mean(dz, axis=1, keepdims=True)
        ds = (dz - level - self.z * along) / self.dev
        g["Wv"] = np.einsum("bsd,bts,bte->de", self.x, self.a, ds)
        da = np.einsum("bte,bse->bts", ds, self.v)
        dlogits = self.a * (da - np.einsum("bts,bts->bt", da, self.a)[:, :, None])
        dlogits /= self.root
        g["Wq"] = np.einsum("btd,bts,bsk->dk", self.x, dlogits, self.k)
        g["Wk"] = np.einsum("bsd,bts,btk->dk", self.x, dlogits, self.q)
        return g


def backprop(Wq, Wk, Wv, gamma, beta, w, speeches, votes):
    house = House(Wq, Wk, Wv, gamma, beta, w)
    told = house.sit(speeches)
    return house.blame(2 * (told - votes) / len(votes))

"""Rumour values hear those who tell them.

expected kind: transpose
wrong line: 99
correction 99: dv = a.T @ dy
what: The gradient of the values is mixed by the attention weights as they are, which have to be transposed
source: https://github.com/ok1zjf/VASNet/issues/25
said: the weights are normalised along the one direction and the weighted sum of the values is taken along the other
"""

import numpy as np

PARAMETERS = ["We", "Wq", "Wk", "Wv", "gain", "shift"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    We = r.normal(size=(3, 4))
    Wq, Wk, Wv = 0.8 * r.normal(size=(3, 4, 4))
    gain, shift = 1 + 0.3 * r.normal(size=4), 0.3 * r.normal(size=4)
    return We, Wq, Wk, Wv, gain, shift, r.normal(size=(5, 3)), r.normal(size=(5, 4))


def loss(We, Wq, Wk, Wv, gain, shift, talk, heard):
    x = talk @ We
    scores = (x @ Wq) @ (x @ Wk).T / 2
    # nobody passes on what they hear later
    e = np.exp(scores) * np.tri(len(talk), dtype=talk.dtype)
    a = e / np.sum(e, axis=1, keepdims=True)
    y = x + a @ (x @ Wv)
    centred = y - np.mean(y, axis=1, keepdims=True)
    spread = np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS)
    return np.mean((centred / spread * gain + shift - heard) ** 2)


class Norm:
    def forward(self, y, gain, shift):
        self.gain = gain
        c = y - np.mean(y, axis=-1, keepdims=True)
        self.sd = np.sqrt(np.mean(c * c, axis=-1, keepdims=True) + EPS)
        self.c = c / self.sd
        return gain * self.c + shift

    def backward(self, g):
        self.dgain, self.dshift = np.sum(g * self.c, axis=0), np.sum(g, axis=0)
        g = g * self.gain
        g = g - self.c * np.mean(g * self.c, axis=-1, keepdims=True)
        return (g - np.mean(g, axis=-1, keepdims=True)) / self.sd


class Attention:
    def __init__(self, Wq, Wk, Wv):
        self.W = {"q": Wq, "k": Wk, "v": Wv}

    def forward(self, x):
        self.x, self.s = x, {n: x @ W for n, W in self.W.items()}
        e = np.tril(np.exp(self.s["q"] @ self.s["k"].T * len(self.W["q"]) ** -0.5))
        self.p = e / e.sum(axis=1)[:, None]
        return self.p @ self.s["v"]

    def backward(self, g):
        dp = g @ self.s["v"].T
        dscores = self.p * (dp - np.sum(dp * self.p, axis=1, keepdims=True))
        dscores = dscores * len(self.W["q"]) ** -0.5
        d = {"q": dscores @ self.s["k"], "k": dscores.T @ self.s["q"], "v": self.p.T @ g}
        self.dW = {n: self.x.T @ d[n] for n in d}
        return sum(d[n] @ self.W[n].T for n in d)


def right(We, Wq, Wk, Wv, gain, shift, talk, heard):
    attention, norm = Attention(Wq, Wk, Wv), Norm()
    x = talk @ We
    said = norm.forward(x + attention.forward(x), gain, shift)
    dy = norm.backward(2 * (said - heard) / heard.size)
    dx = attention.backward(dy) + dy
    dWe = talk.T @ dx
    return dWe, attention.dW["q"], attention.dW["k"], attention.dW["v"], norm.dgain, norm.dshift


def backprop(We, Wq, Wk, Wv, gain, shift, talk, heard):
    T, D = heard.shape
    # ---- forward
    x = talk @ We
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scores = q @ k.T / np.sqrt(D)
    scores[np.triu_indices(T, 1)] = -np.inf
    a = np.exp(scores - scores.max(axis=1, keepdims=True))
    a /= a.sum(axis=1, keepdims=True)
    y = x + a @ v
    mean, inv = y.mean(axis=1, keepdims=True), 1 / np.sqrt(y.var(axis=1, keepdims=True) + EPS)
    hat = (y - mean) * inv
    # ---- backward
    dout = 2 * (hat * gain + shift - heard) / (T * D)
    dgain, dshift = (dout * hat).sum(axis=0), dout.sum(axis=0)
    dhat = dout * gain
    dy = D * dhat - dhat.sum(axis=1, keepdims=True) - hat * (dhat * hat).sum(axis=1, keepdims=True)
    dy *= inv / D
    dv = a @ dy
    da = dy @ v.T
    ds = a * (da - (da * a).sum(axis=1, keepdims=True))
    ds /= np.sqrt(D)
    dq = ds @ k
    dk = ds.T @ q
    dWq, dWk, dWv = x.T @ dq, x.T @ dk, x.T @ dv
    # ---- what goes past the attention, and its three inputs
    dx = dy + dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return talk.T @ dx, dWq, dWk, dWv, dgain, dshift

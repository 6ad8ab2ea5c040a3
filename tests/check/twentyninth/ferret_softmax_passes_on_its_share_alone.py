"""Ferret softmax passes on its share alone.

expected kind: missing-term or diagonal-jacobian
wrong line: 105
correction 105: ds = self.a * (da - np.einsum("nij,nij->ni", da, self.a)[:, :, None])
what: The gradient of the attention is multiplied by the attention; the weighted mean isn't taken off
source: https://gh.r-mj.com/uesina15-max/Transformer-algorithm-application-numpy-
said: many implementations multiply by the weights of the attention alone, which is no Jacobian of softmax
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "Wv", "place", "Y"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n, T, d = 5, 5, 3
    Wq, Wk, Wv = r.normal(size=(d, d)), r.normal(size=(d, d)), r.normal(size=(d, d))
    return Wq, Wk, Wv, 0.6 * r.normal(size=(T, d)), r.normal(size=(d, d)), r.normal(size=(n, T + 1, d))


def loss(Wq, Wk, Wv, place, Y, tracks):
    n, T, d = len(tracks), place.shape[0], place.shape[1]
    hide = np.triu(np.ones((T, T)), 1) * -1e4
    total = 0.0
    for track in tracks:
        x = track[:-1] + place
        s = (x @ Wq) @ (x @ Wk).T / np.sqrt(d) + hide
        e = np.exp(s - np.max(s, axis=-1, keepdims=True))
        a = e / np.sum(e, axis=-1, keepdims=True)
        # what comes next, from what was heard and from where one is
        guess = (x + a @ (x @ Wv)) @ Y
        total = total + np.sum((guess - track[1:]) ** 2)
    return total / (2 * n * T)


def attend(x, Wq, Wk, Wv):
    T, d = x.shape
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    a = np.tril(np.exp(q @ k.T / np.sqrt(d)))
    a = a / a.sum(axis=1, keepdims=True)
    return a @ v, (x, q, k, v, a)


def attend_backward(dy, cache, Wq, Wk, Wv):
    x, q, k, v, a = cache
    dv = a.T @ dy
    da = dy @ v.T
    ds = a * (da - np.sum(a * da, axis=1, keepdims=True))
    ds = ds / np.sqrt(x.shape[1])
    dq = ds @ k
    dk = ds.T @ q
    dWq = x.T @ dq
    dWk = x.T @ dk
    dWv = x.T @ dv
    dx = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    return dx, dWq, dWk, dWv


def right(Wq, Wk, Wv, place, Y, tracks):
    n, T = len(tracks), len(place)
    dWq, dWk, dWv = np.zeros_like(Wq), np.zeros_like(Wk), np.zeros_like(Wv)
    dplace, dY = np.zeros_like(place), np.zeros_like(Y)
    for track in tracks:
        x = track[:-1] + place
        heard, cache = attend(x, Wq, Wk, Wv)
        h = x + heard
        dguess = (h @ Y - track[1:]) / (n * T)
        dY += h.T @ dguess
        dh = dguess @ Y.T
        dx, gq, gk, gv = attend_backward(dh, cache, Wq, Wk, Wv)
        dplace += dh + dx
        dWq += gq
        dWk += gk
        dWv += gv
    return dWq, dWk, dWv, dplace, dY


class Ferret:
    def __init__(self, **weights):
        self.w = weights
        self.g = {k: np.zeros_like(m) for k, m in weights.items()}

    def softmax(self, s):
        s = np.where(np.arange(s.shape[2]) > np.arange(s.shape[1])[:, None], -np.inf, s)
        e = np.exp(s - s.max(axis=2)[:, :, None])
        return e / e.sum(axis=2)[:, :, None]

    def forward(self, x):
        w = self.w
        self.x = x + w["place"]
        self.q, self.k, self.v = self.x @ w["Wq"], self.x @ w["Wk"], self.x @ w["Wv"]
        self.root = x.shape[2] ** 0.5
        self.a = self.softmax(self.q @ self.k.transpose(0, 2, 1) / self.root)
        self.h = self.x + self.a @ self.v
        return self.h @ w["Y"]

    def backward(self, dguess):
        w, g = self.w, self.g
        g["Y"] = np.tensordot(self.h, dguess, axes=([0, 1], [0, 1]))
        dh = dguess @ w["Y"].T
        dv = self.a.transpose(0, 2, 1) @ dh
        da = dh @ self.v.transpose(0, 2, 1)
        ds = self.a * da
        dq = ds @ self.k / self.root
        dk = ds.transpose(0, 2, 1) @ self.q / self.root
        dx = dh.copy()
        for name, d in (("Wq", dq), ("Wk", dk), ("Wv", dv)):
            g[name] = np.tensordot(self.x, d, axes=([0, 1], [0, 1]))
            dx += d @ w[name].T
        g["place"] = dx.sum(axis=0)
        return g


def backprop(Wq, Wk, Wv, place, Y, tracks):
    model = Ferret(Wq=Wq, Wk=Wk, Wv=Wv, place=place, Y=Y)
    guess = model.forward(tracks[:, :-1])
    error = guess - tracks[:, 1:]
    return model.backward(error / (error.shape[0] * error.shape[1]))

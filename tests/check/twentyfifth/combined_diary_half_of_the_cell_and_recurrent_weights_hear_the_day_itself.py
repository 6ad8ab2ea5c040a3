"""Combined diary half of the cell and recurrent weights hear the day itself.

expected kind: scale + stale-value
wrong line: 111 and 116
correction 111: dc = dc + dh * o * (1 - bent**2)
correction 116: out["Wh"] += np.einsum("nk,nh->kh", da, self.h[t])
what: The gradient of the cell is halved at each step; that of the recurrent weights has the state after the step for the one before
source: https://github.com/Losswise/losswise-python/issues/8
said: of the sum of the two gradients of the cell's state: asked whether there isn't a half missing; the other is a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "U", "h0", "c0"]
CALM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, b = 0.8 * r.normal(size=(12, 2)), 0.7 * r.normal(size=(12, 3)), 0.3 * r.normal(size=12)
    U, h0, c0 = r.normal(size=(3, 3)), 0.5 * r.normal(size=3), 0.8 * r.normal(size=3)
    # four diaries of three days
    return Wx, Wh, b, U, h0, c0, r.normal(size=(4, 3, 2)), np.array([1, 0, 2, 1])


def loss(Wx, Wh, b, U, h0, c0, days, mood):
    n, H = len(days), len(h0)
    h, c = np.zeros((n, 1)) + h0, np.zeros((n, 1)) + c0
    for t in range(days.shape[1]):
        a = days[:, t] @ Wx.T + h @ Wh.T + b
        forget, enter = 1 / (1 + np.exp(-a[:, :H])), 1 / (1 + np.exp(-a[:, H : 2 * H]))
        leave = 1 / (1 + np.exp(-a[:, 3 * H :]))
        c = forget * c + enter * np.tanh(a[:, 2 * H : 3 * H])
        h = leave * np.tanh(c)
    s = h @ U.T
    s = s - np.max(s, axis=1, keepdims=True)
    cost = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(n), mood]
    return np.mean(cost) + CALM * np.sum(c**2) / n


def logistic(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def cell(x, h, c, Wx, Wh, b):
    f, i, g, o = np.split(x @ Wx.T + h @ Wh.T + b, 4, axis=1)
    f, i, g, o = logistic(f), logistic(i), np.tanh(g), logistic(o)
    new = f * c + i * g
    return o * np.tanh(new), new, (x, h, c, f, i, g, o, new)


def cell_backward(dh, dc, cache, Wh):
    x, h, c, f, i, g, o, new = cache
    t = np.tanh(new)
    dc = dc + dh * o * (1 - t * t)
    parts = [dc * c * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g * g), dh * t * o * (1 - o)]
    da = np.concatenate(parts, axis=1)
    return da, da @ Wh, dc * f


def right(Wx, Wh, b, U, h0, c0, days, mood):
    n = len(days)
    h, c = np.tile(h0, (n, 1)), np.tile(c0, (n, 1))
    caches = []
    for t in range(days.shape[1]):
        h, c, cache = cell(days[:, t], h, c, Wx, Wh, b)
        caches.append(cache)
    scores = h @ U.T
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[range(n), mood] -= 1
    p /= n
    dU, dh, dc = p.T @ h, p @ U, 2 * CALM * c / n
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for cache in reversed(caches):
        x, before = cache[:2]
        da, dh, dc = cell_backward(dh, dc, cache, Wh)
        dWx += da.T @ x
        dWh += da.T @ before
        db += da.sum(axis=0)
    return dWx, dWh, db, dU, dh.sum(axis=0), dc.sum(axis=0)


class Reader:
    """Keeps all days: h and c one more than there are, gates as (day, diary, gate, unit)."""

    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b

    def read(self, days, h0, c0):
        n, T, _ = days.shape
        self.days, H = days, len(h0)
        self.h, self.c = np.zeros((T + 1, n, H)), np.zeros((T + 1, n, H))
        self.gates = np.zeros((T, n, 4, H))
        self.h[0], self.c[0] = h0, c0
        for t in range(T):
            a = np.einsum("nd,kd->nk", days[:, t], self.Wx) + np.einsum("nh,kh->nk", self.h[t], self.Wh) + self.b
            a = a.reshape(n, 4, H)
            v = self.gates[t]
            v[...] = 1 / (1 + np.exp(-a))
            v[:, 2] = np.tanh(a[:, 2])
            self.c[t + 1] = v[:, 0] * self.c[t] + v[:, 1] * v[:, 2]
            self.h[t + 1] = v[:, 3] * np.tanh(self.c[t + 1])
        return self.h[T], self.c[T]

    def look_back(self, dh, dc):
        out = {"Wx": np.zeros_like(self.Wx), "Wh": np.zeros_like(self.Wh), "b": np.zeros_like(self.b)}
        for t in reversed(range(len(self.gates))):
            f, i, g, o = self.gates[t].transpose(1, 0, 2)
            bent = np.tanh(self.c[t + 1])
            dc = 0.5 * (dc + dh * o * (1 - bent**2))
            da = np.stack([dc * self.c[t], dc * g, dc * i, dh * bent], axis=1)
            da *= np.stack([f * (1 - f), i * (1 - i), 1 - g**2, o * (1 - o)], axis=1)
            da = da.reshape(len(dh), -1)
            out["Wx"] += np.einsum("nk,nd->kd", da, self.days[:, t])
            out["Wh"] += np.einsum("nk,nh->kh", da, self.h[t + 1])
            out["b"] += np.einsum("nk->k", da)
            dh = np.einsum("nk,kh->nh", da, self.Wh)
            dc = dc * f
        out["h0"], out["c0"] = dh.sum(axis=0), dc.sum(axis=0)
        return out


def backprop(Wx, Wh, b, U, h0, c0, days, mood):
    reader = Reader(Wx, Wh, b)
    h, c = reader.read(days, h0, c0)
    e = np.exp(h @ U.T)
    error = (e / e.sum(axis=1, keepdims=True) - np.eye(len(U))[mood]) / len(days)
    grads = reader.look_back(error @ U, 2 * CALM * c / len(days))
    grads["U"] = error.T @ h
    return grads

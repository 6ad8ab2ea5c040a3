"""Easel output gate hears of the unsquashed cell.

expected kind: wrong-point
wrong line: 93
correction 93: do = dh * np.tanh(self.c[t + 1])
what: The output gate gets the cell itself, not its tanh
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # four paintings of five strokes; whose are they? the gates: input, forget, output, candidate
    Wx, Wh, b = r.normal(size=(3, 12)), 0.7 * r.normal(size=(3, 12)), 0.3 * r.normal(size=12)
    return Wx, Wh, b, r.normal(size=(3, 4)), r.normal(size=(4, 5, 3)), r.integers(0, 4, size=4)


def loss(Wx, Wh, b, V, strokes, painter):
    h, c = np.zeros((4, 3)), np.zeros((4, 3))
    for t in range(strokes.shape[1]):
        a = strokes[:, t] @ Wx + h @ Wh + b
        i, f, o = 1 / (1 + np.exp(-a[:, :3])), 1 / (1 + np.exp(-a[:, 3:6])), 1 / (1 + np.exp(-a[:, 6:9]))
        c = f * c + i * np.tanh(a[:, 9:])
        h = o * np.tanh(c)
    scores = h @ V
    return np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(4), painter])


def step_forward(x, h, c, Wx, Wh, b):
    ai, af, ao, ag = np.split(x @ Wx + h @ Wh + b, 4)
    i, f, o = (1 / (1 + np.exp(-a)) for a in (ai, af, ao))
    cache = {"i": i, "f": f, "o": o, "g": np.tanh(ag), "c_prev": c}
    c = f * c + i * cache["g"]
    cache["tanh_c"] = np.tanh(c)
    return o * cache["tanh_c"], c, cache


def step_backward(dh, dc, cache):
    i, f, o, g = cache["i"], cache["f"], cache["o"], cache["g"]
    dc = dc + dh * o * (1 - cache["tanh_c"] ** 2)
    dai = dc * g * i * (1 - i)
    daf = dc * cache["c_prev"] * f * (1 - f)
    dao = dh * cache["tanh_c"] * o * (1 - o)
    return np.concatenate([dai, daf, dao, dc * i * (1 - g**2)]), dc * f


def right(Wx, Wh, b, V, strokes, painter):
    grads = {"Wx": np.zeros(Wx.shape), "Wh": np.zeros(Wh.shape), "b": np.zeros(b.shape), "V": np.zeros(V.shape)}
    for painting, who in zip(strokes, painter):
        # both lists begin with what there is before the first stroke
        xs, hs, c, caches = [np.zeros(3), *painting], [np.zeros(3)], np.zeros(3), []
        for x in painting:
            h, c, cache = step_forward(x, hs[-1], c, Wx, Wh, b)
            hs.append(h)
            caches.append(cache)
        p = (np.exp(hs[-1] @ V) / np.exp(hs[-1] @ V).sum() - np.eye(4)[who]) / len(painter)
        grads["V"] += np.outer(hs[-1], p)
        dh, dc = V @ p, np.zeros(3)
        for t in reversed(range(len(painting))):
            da, dc = step_backward(dh, dc, caches[t])
            grads["Wx"] += np.outer(xs[t + 1], da)
            grads["Wh"] += np.outer(hs[t], da)
            grads["b"] += da
            dh = Wh @ da
    return grads


class LSTM:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b, self.size = Wx, Wh, b, len(Wh)
    def forward(self, x):
        self.x, (n, T, _) = x, x.shape
        self.h, self.c = np.zeros((T + 1, n, self.size)), np.zeros((T + 1, n, self.size))
        self.gates = np.zeros((T, 4, n, self.size))
        for t in range(T):
            a = (x[:, t] @ self.Wx + self.h[t] @ self.Wh + self.b).reshape(n, 4, -1).transpose(1, 0, 2)
            self.gates[t, :3] = 1 / (1 + np.exp(-a[:3]))
            self.gates[t, 3] = np.tanh(a[3])
            i, f, o, g = self.gates[t]
            self.c[t + 1] = f * self.c[t] + i * g
            self.h[t + 1] = o * np.tanh(self.c[t + 1])
        return self.h[T]
    def backward(self, dh):
        self.dWx, self.dWh, self.db = 0, 0, 0
        dc = np.zeros_like(dh)
        for t in range(len(self.gates) - 1, -1, -1):
            i, f, o, g = self.gates[t]
            do = dh * self.c[t + 1]
            dc = dc + dh * o / np.cosh(self.c[t + 1]) ** 2
            parts = [dc * g * i * (1 - i), dc * self.c[t] * f * (1 - f), do * o * (1 - o), dc * i * (1 - g * g)]
            da = np.hstack(parts)
            self.dWx += self.x[:, t].T @ da
            self.dWh += self.h[t].T @ da
            self.db += da.sum(axis=0)
            dh, dc = da @ self.Wh.T, dc * f


def backprop(Wx, Wh, b, V, strokes, painter):
    lstm = LSTM(Wx, Wh, b)
    last = lstm.forward(strokes)
    p = np.exp(last @ V)
    dscores = (p / p.sum(axis=1, keepdims=True) - np.eye(4)[painter]) / len(painter)
    lstm.backward(dscores @ V.T)
    return lstm.dWx, lstm.dWh, lstm.db, last.T @ dscores

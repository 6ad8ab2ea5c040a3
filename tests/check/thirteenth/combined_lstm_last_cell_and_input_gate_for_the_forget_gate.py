"""Combined lstm last cell and input gate for the forget gate.

expected kind: missing-term + wrong-parameter
wrong line: 122 or 123 and 112
correction 112: dc = dc * k["f"]
correction 122: dc = decay * c
correction 123: grads = lstm.backward(dh, decay * c)
what: What the loss takes from the last cell is forgotten; and the cell before is reached through the input gate, not
    through the forget gate
source: https://github.com/deeplearning4j/deeplearning4j/issues/8838
said: the backward pass of the layer does not take into account the gradient of the last cell state; the gate is made
    up
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "v"]

decay = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    N, T, D, H = 3, 4, 2, 3
    Wx, Wh, b, v, x = (0.7 * r.normal(size=s) for s in [(D, 4 * H), (H, 4 * H), 4 * H, H, (N, T, D)])
    return Wx, Wh, b, v, x, np.array([1, 0, 1])


def gates(a):
    H = a.shape[1] // 4
    i, f, o = (1 / (1 + np.exp(-a[:, k * H : (k + 1) * H])) for k in range(3))
    return i, f, o, np.tanh(a[:, 3 * H :])


def loss(Wx, Wh, b, v, x, y):
    N, T, _ = x.shape
    h = c = np.zeros((N, Wh.shape[0]))
    for t in range(T):
        i, f, o, g = gates(x[:, t] @ Wx + h @ Wh + b)
        c = f * c + i * g
        h = o * np.tanh(c)
    score = h @ v
    return np.mean(np.log(1 + np.exp(score)) - y * score) + 0.5 * decay * np.sum(c**2)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    i, f, o, g = gates(x.dot(Wx) + prev_h.dot(Wh) + b)
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, i, f, o, g, next_c, Wx, Wh)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, i, f, o, g, next_c, Wx, Wh = cache
    tanh_c = np.tanh(next_c)
    dnext_c = dnext_c + dnext_h * o * (1 - tanh_c**2)
    do = dnext_h * tanh_c
    df, dprev_c = dnext_c * prev_c, dnext_c * f
    di, dg = dnext_c * g, dnext_c * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da.dot(Wh.T), dprev_c, x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def right(Wx, Wh, b, v, x, y):
    N, T, _ = x.shape
    h = c = np.zeros((N, len(Wh)))
    caches = []
    for t in range(T):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        caches.append(cache)
    dscore = (1 / (1 + np.exp(-h.dot(v))) - y) / N
    dv = h.T.dot(dscore)
    dh, dc = np.outer(dscore, v), decay * c
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    for cache in reversed(caches):
        dh, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dh, dc, cache)
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dWx, dWh, db, dv


class LSTM:
    def __init__(self, Wx, Wh, b):
        self.Wx, self.Wh, self.b = Wx, Wh, b
        self.cache = []

    def forward(self, x):
        N, T, _ = x.shape
        h = c = np.zeros((N, self.Wh.shape[0]))
        for t in range(T):
            i, f, o, g = gates(x[:, t] @ self.Wx + h @ self.Wh + self.b)
            c_new = f * c + i * g
            self.cache.append({"x": x[:, t], "h": h, "c": c, "i": i, "f": f, "o": o, "g": g, "tc": np.tanh(c_new)})
            c, h = c_new, o * np.tanh(c_new)
        return h, c

    def backward(self, dh, dc):
        grads = {"Wx": 0, "Wh": 0, "b": 0}
        while self.cache:
            k = self.cache.pop()
            dc = dc + dh * k["o"] * (1 - k["tc"] ** 2)
            da_i = dc * k["g"] * k["i"] * (1 - k["i"])
            da_f = dc * k["c"] * k["f"] * (1 - k["f"])
            da_o = dh * k["tc"] * k["o"] * (1 - k["o"])
            da_g = dc * k["i"] * (1 - k["g"] ** 2)
            da = np.concatenate([da_i, da_f, da_o, da_g], axis=1)
            grads["Wx"] = grads["Wx"] + k["x"].T @ da
            grads["Wh"] = grads["Wh"] + k["h"].T @ da
            grads["b"] = grads["b"] + np.sum(da, axis=0)
            dh = da @ self.Wh.T
            dc = dc * k["i"]
        return grads


def backprop(Wx, Wh, b, v, x, y):
    lstm = LSTM(Wx, Wh, b)
    h, c = lstm.forward(x)
    p = 1 / (1 + np.exp(-(h @ v)))
    dscore = (p - y) / len(y)
    dh = dscore[:, None] * v
    dc = np.zeros_like(c)
    grads = lstm.backward(dh, dc)
    grads["v"] = dscore @ h
    return grads

"""Rnn slope taken for a divisor.

expected kind: wrong-activation or missing-factor
wrong line: 81
correction 81: dt = dh_next * (1 - h_next**2)
what: What comes back is divided by the slope of tanh, not multiplied by it
source: https://github.com/oreilly-japan/deep-learning-from-scratch-2/issues/26
said: the asker holds dt = dh_next * (1 - h_next ** 2) to be wrong, and 1 / (1 - h_next ** 2) to be right
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "Wout", "bout", "h0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    N, V, H = 3, 4, 5
    Wx, Wh, b, Wout, bout, h0 = (0.6 * r.normal(size=s) for s in [(V, H), (H, H), H, (H, V), V, (N, H)])
    words = np.array([[0, 2, 1, 3, 3], [1, 1, 0, 2, 0], [3, 0, 2, 0, 1]])
    mask = np.array([[1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 0, 0]])
    return Wx, Wh, b, Wout, bout, h0, words, mask


def loss(Wx, Wh, b, Wout, bout, h0, words, mask):
    N, T = mask.shape
    h, total = h0, 0.0
    for t in range(T):
        h = np.tanh(np.eye(Wx.shape[0])[words[:, t]] @ Wx + h @ Wh + b)
        scores = h @ Wout + bout
        nll = np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), words[:, t + 1]]
        total = total + np.sum(mask[:, t] * nll)
    return total / N


def softmax_rows(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def right(Wx, Wh, b, Wout, bout, h0, words, mask):
    N, T = mask.shape
    H = Wh.shape[0]
    hs = np.zeros((N, T + 1, H))
    hs[:, 0] = h0
    for t in range(T):
        hs[:, t + 1] = np.tanh(Wx[words[:, t]] + hs[:, t].dot(Wh) + b)
    dout = softmax_rows(hs[:, 1:].dot(Wout) + bout)
    n, t_ = np.meshgrid(np.arange(N), np.arange(T), indexing="ij")
    dout[n, t_, words[:, 1:]] -= 1
    dout = dout * mask[:, :, None] / N
    dWout = np.tensordot(hs[:, 1:], dout, axes=([0, 1], [0, 1]))
    dbout = dout.sum(axis=(0, 1))
    dhs = dout.dot(Wout.T)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        da = (dhs[:, t] + dprev_h) * (1 - hs[:, t + 1] ** 2)
        np.add.at(dWx, words[:, t], da)
        dWh += hs[:, t].T.dot(da)
        db += da.sum(axis=0)
        dprev_h = da.dot(Wh.T)
    return dWx, dWh, db, dWout, dbout, dprev_h


class RNN:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
        self.cache = None

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        h_next = np.tanh(np.dot(h_prev, Wh) + np.dot(x, Wx) + b)
        self.cache = (x, h_prev, h_next)
        return h_next

    def backward(self, dh_next):
        Wx, Wh, b = self.params
        x, h_prev, h_next = self.cache
        dt = dh_next / (1 - h_next**2)
        self.grads[0][...] = np.dot(x.T, dt)
        self.grads[1][...] = np.dot(h_prev.T, dt)
        self.grads[2][...] = np.sum(dt, axis=0)
        return np.dot(dt, Wh.T)


def backprop(Wx, Wh, b, Wout, bout, h0, words, mask):
    N, T = mask.shape
    h, layers, dscores = h0, [], []
    dWout, dbout = np.zeros_like(Wout), np.zeros_like(bout)
    for t in range(T):
        layer = RNN(Wx, Wh, b)
        h = layer.forward(np.eye(len(Wx))[words[:, t]], h)
        e = np.exp(h @ Wout + bout)
        d = e / e.sum(axis=1, keepdims=True)
        d[np.arange(N), words[:, t + 1]] -= 1
        d *= mask[:, t : t + 1] / N
        dWout += h.T @ d
        dbout += d.sum(axis=0)
        layers.append(layer)
        dscores.append(d)
    total, dh = [0, 0, 0], 0
    for layer, d in zip(layers[::-1], dscores[::-1]):
        dh = layer.backward(dh + d @ Wout.T)
        total = [s + g for s, g in zip(total, layer.grads)]
    return *total, dWout, dbout, dh

"""An LSTM with its four gates in one matrix: i, f, o, g.

expected kind: wrong-parameter or swapped-operands or wrong-shape
wrong line: 73
correction 73: da = np.hstack((di, df, do, dg))
what: the gradients of the gates are put together as i, f, g, o
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    a = x @ Wx + h @ Wh + b
    i, f, o, g = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H]), np.tanh(a[:, 3 * H :])
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (i, f, o, g)


def loss(x, h0, Wx, Wh, b, target):
    h, c, total = h0, np.zeros_like(h0), 0
    for t in range(x.shape[1]):
        h, c, _ = step(x[:, t], h, c, Wx, Wh, b)
        total += 0.5 * np.sum((h - target[:, t]) ** 2)
    return total


def right(x, h0, Wx, Wh, b, target):
    h, c, caches = h0, np.zeros_like(h0), []
    for t in range(x.shape[1]):
        h_next, c_next, gates = step(x[:, t], h, c, Wx, Wh, b)
        caches.append((h, c, h_next, c_next, gates))
        h, c = h_next, c_next
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh, dc = np.zeros_like(h0), np.zeros_like(h0)
    for t in range(x.shape[1] - 1, -1, -1):
        h, c, h_next, c_next, (i, f, o, g) = caches[t]
        dh = dh + h_next - target[:, t]
        tc = np.tanh(c_next)
        dc = dc + dh * o * (1 - tc ** 2)
        di, df, dg = dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g ** 2)
        do = dh * tc * o * (1 - o)
        da = np.hstack((di, df, do, dg))
        dx[:, t] = da @ Wx.T
        dWx += x[:, t].T @ da
        dWh += h.T @ da
        db += da.sum(axis=0)
        dh = da @ Wh.T
        dc = dc * f
    return dx, dh, dWx, dWh, db


def backprop(x, h0, Wx, Wh, b, target):
    h, c, caches = h0, np.zeros_like(h0), []
    for t in range(x.shape[1]):
        h_next, c_next, gates = step(x[:, t], h, c, Wx, Wh, b)
        caches.append((h, c, h_next, c_next, gates))
        h, c = h_next, c_next
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh, dc = np.zeros_like(h0), np.zeros_like(h0)
    for t in range(x.shape[1] - 1, -1, -1):
        h, c, h_next, c_next, (i, f, o, g) = caches[t]
        dh = dh + h_next - target[:, t]
        tc = np.tanh(c_next)
        dc = dc + dh * o * (1 - tc ** 2)
        di, df, dg = dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g ** 2)
        do = dh * tc * o * (1 - o)
        da = np.hstack((di, df, dg, do))
        dx[:, t] = da @ Wx.T
        dWx += x[:, t].T @ da
        dWh += h.T @ da
        db += da.sum(axis=0)
        dh = da @ Wh.T
        dc = dc * f
    return dx, dh, dWx, dWh, db


PARAMETERS = ["x", "h0", "Wx", "Wh", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, D = 3, 2
    return r.normal(size=(2, 4, D)), r.normal(size=(2, H)), r.normal(size=(D, 4 * H)), r.normal(size=(H, 4 * H)), r.normal(size=4 * H), r.normal(size=(2, 4, H))

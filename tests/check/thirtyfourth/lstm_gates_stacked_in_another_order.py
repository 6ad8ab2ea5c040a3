"""LSTM, four gates in one matrix: the gates' gradients are stacked in another order.

expected kind: wrong-parameter or swapped-operands or wrong-axis
wrong line: 62
correction 62: dz = np.concatenate((dzi, dzf, dzo, dzg), axis=1)
what: i, f, g, o on the way back, where the forward pass cuts i, f, o, g
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

H = 3

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def lstm_forward(x, h, Wx, Wh, b):
    c, caches, hs = np.zeros((2, H)), [], []
    for t in range(x.shape[1]):
        a = x[:, t] @ Wx + h @ Wh + b
        i, f, o, g = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), sigmoid(a[:, 2 * H:3 * H]), np.tanh(a[:, 3 * H:])
        new_c = f * c + i * g
        new_h = o * np.tanh(new_c)
        caches.append((x[:, t], h, c, i, f, o, g, new_c))
        h, c = new_h, new_c
        hs.append(h)
    return hs, caches

def loss(x, h0, Wx, Wh, b, r):
    hs, _ = lstm_forward(x, h0, Wx, Wh, b)
    return sum(np.sum(h * r[:, t]) for t, h in enumerate(hs))

def right(x, h0, Wx, Wh, b, r):
    _, caches = lstm_forward(x, h0, Wx, Wh, b)
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = dc = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        xt, prev_h, prev_c, i, f, o, g, c = caches[t]
        dh = dh + r[:, t]
        do = dh * np.tanh(c)
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        di, df, dg = dc * g, dc * prev_c, dc * i
        dzi, dzf, dzo, dzg = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)
        dz = np.concatenate((dzi, dzf, dzo, dzg), axis=1)
        dWx += xt.T @ dz
        dWh += prev_h.T @ dz
        db += dz.sum(axis=0)
        dx[:, t], dh, dc = dz @ Wx.T, dz @ Wh.T, dc * f
    return dx, dh, dWx, dWh, db

def backprop(x, h0, Wx, Wh, b, r):
    _, caches = lstm_forward(x, h0, Wx, Wh, b)
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh = dc = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        xt, prev_h, prev_c, i, f, o, g, c = caches[t]
        dh = dh + r[:, t]
        do = dh * np.tanh(c)
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        di, df, dg = dc * g, dc * prev_c, dc * i
        dzi, dzf, dzo, dzg = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g ** 2)
        dz = np.concatenate((dzi, dzf, dzg, dzo), axis=1)
        dWx += xt.T @ dz
        dWh += prev_h.T @ dz
        db += dz.sum(axis=0)
        dx[:, t], dh, dc = dz @ Wx.T, dz @ Wh.T, dc * f
    return dx, dh, dWx, dWh, db

PARAMETERS = ["x", "h0", "Wx", "Wh", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in [(2, 4, 2), (2, 3), (2, 12), (3, 12), (12,), (2, 4, 3)]]

"""LSTM, four gates in one matrix: the cell's gradient is passed on without what came through h.

expected kind: missing-term or stale-value or detached or wrong-point
wrong line: 37
correction 37: dprev_c = dc * f
what: dprev_c is f times the gradient that came in, not times the whole gradient of the cell
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

def step_backward(dnext_h, dnext_c, cache, Wx, Wh):
    x, prev_h, prev_c, i, f, o, g, c = cache
    tc = np.tanh(c)
    dc = dnext_c + dnext_h * o * (1 - tc ** 2)
    dprev_c = dnext_c * f
    da = np.hstack((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * tc * o * (1 - o), dc * i * (1 - g ** 2)))
    return da @ Wx.T, da @ Wh.T, dprev_c, x.T @ da, prev_h.T @ da, da.sum(axis=0)

def right(x, h0, Wx, Wh, b, r):
    _, caches = lstm_forward(x, h0, Wx, Wh, b)
    D, dh, dc = [np.zeros_like(v) for v in (x, h0, Wx, Wh, b)], 0, 0
    for t in (3, 2, 1, 0):
        xt, hp, cp, i, f, o, g, c = caches[t]
        dh = dh + r[:, t]
        dc = dc + dh * o / np.cosh(c) ** 2
        da = np.hstack((dc * g * i * (1 - i), dc * cp * f * (1 - f), dh * np.tanh(c) * o * (1 - o), dc * i * (1 - g * g)))
        D[0][:, t], dh, dc = da @ Wx.T, da @ Wh.T, dc * f
        D[2], D[3], D[4] = D[2] + xt.T @ da, D[3] + hp.T @ da, D[4] + da.sum(0)
    D[1] = dh
    return D

def backprop(x, h0, Wx, Wh, b, r):
    _, caches = lstm_forward(x, h0, Wx, Wh, b)
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh, dc = np.zeros_like(h0), np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        dx[:, t], dh, dc, gWx, gWh, gb = step_backward(r[:, t] + dh, dc, caches[t], Wx, Wh)
        dWx += gWx
        dWh += gWh
        db += gb
    return dx, dh, dWx, dWh, db

PARAMETERS = ["x", "h0", "Wx", "Wh", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=s) for s in [(2, 4, 2), (2, 3), (2, 12), (3, 12), (12,), (2, 4, 3)]]

"""Lstm forget gate without its slope.

expected kind: missing-factor
wrong line: 72 or 74 or 77
correction 72: di, df, dg = dc * g, dc * prev_c * f * (1 - f), dc * i
correction 74: daf = df * f * (1 - f)
correction 77: da = np.hstack((dai, daf * f * (1 - f), dao, dag))
what: The gradient of the forget gate isn't led through its sigmoid
source: https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1
said: for the forget gate the derivative of the sigmoid is missing; the other gates have it
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 16)) * 0.7, r.normal(size=(4, 16)) * 0.7, r.normal(size=16), r.normal(size=(2, 4, 3)), r.normal(size=(2, 4, 4))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(Wx, Wh, b, x, wanted):
    h = c = np.zeros((2, 4))
    total = 0.0
    for t in range(4):
        a = x[:, t] @ Wx + h @ Wh + b
        c = sigmoid(a[:, 4:8]) * c + sigmoid(a[:, :4]) * np.tanh(a[:, 12:])
        h = sigmoid(a[:, 8:12]) * np.tanh(c)
        total += 0.5 * np.sum((h - wanted[:, t]) ** 2)
    return total


def right(Wx, Wh, b, x, wanted):
    states, h, c = [], np.zeros((2, 4)), np.zeros((2, 4))
    for t in range(4):
        ai, af, ao, ag = np.split(x[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        i, f, o, g = 1 / (1 + np.exp(-ai)), 1 / (1 + np.exp(-af)), 1 / (1 + np.exp(-ao)), np.tanh(ag)
        states.append((i, f, o, g, c, h))
        c = f * c + i * g
        h = o * np.tanh(c)
        states[-1] += (c, h)
    gx, gWx, gWh, gb, bh, bc = np.zeros_like(x), 0 * Wx, 0 * Wh, 0 * b, 0, 0
    for t in (3, 2, 1, 0):
        i, f, o, g, c0, h0, c1, h1 = states[t]
        e = h1 - wanted[:, t] + bh
        k = bc + e * o / np.cosh(c1) ** 2
        da = np.concatenate([k * g * i * (1 - i), k * c0 * f * (1 - f), e * np.tanh(c1) * o * (1 - o), k * i * (1 - g**2)], 1)
        gx[:, t], bh, bc = da @ Wx.T, da @ Wh.T, k * f
        gWx, gWh, gb = gWx + x[:, t].T @ da, gWh + h0.T @ da, gb + da.sum(0)
    return gWx, gWh, gb, gx


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = np.dot(x, Wx) + np.dot(prev_h, Wh) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c = cache
    do = dnext_h * np.tanh(next_c)
    dc = dnext_c + dnext_h * o * (1 - np.tanh(next_c) ** 2)
    di, df, dg = dc * g, dc * prev_c, dc * i
    dai = di * i * (1 - i)
    daf = df
    dao = do * o * (1 - o)
    dag = dg * (1 - g**2)
    da = np.hstack((dai, daf, dao, dag))
    dprev_c = dc * f
    return np.dot(da, Wx.T), np.dot(da, Wh.T), dprev_c, np.dot(x.T, da), np.dot(prev_h.T, da), da.sum(axis=0)


def backprop(Wx, Wh, b, x, wanted):
    N, T, D = x.shape
    h, c, caches, hs = np.zeros((N, 4)), np.zeros((N, 4)), [], []
    for t in range(T):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh, dc = np.zeros((N, 4)), np.zeros((N, 4))
    for t in range(T - 1, -1, -1):
        dh = dh + hs[t] - wanted[:, t]
        dx[:, t], dh, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dh, dc, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dWx, dWh, db, dx

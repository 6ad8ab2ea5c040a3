"""Lstm gates before their activation.

expected kind: wrong-point or stale-value or wrong-activation
wrong line: 32 or 64
correction 32: caches.append((x[:, t], h, c, np.hstack((i, f, o, g)), f * c + i * g))
correction 64: i, f, o, g = activate(gates)
what: the cache holds the gates' sums, and the backward pass takes them for the gates
source: https://github.com/flagos-ai/FlagGems/pull/5015
said: a kernel stored the gates before the activation in the workspace, where the backward needs them behind it
"""

import numpy as np

PARAMETERS = ["x", "Wx", "Wh", "b"]
H = 3

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 4, 5)), r.normal(size=(5, 4 * H)) * 0.6, r.normal(size=(H, 4 * H)) * 0.6, r.normal(size=4 * H), r.normal(size=(2, 4, H))

def activate(a):
    return sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), sigmoid(a[:, 2 * H:3 * H]), np.tanh(a[:, 3 * H:])

def forward(x, Wx, Wh, b):
    h, c, hs, caches = np.zeros((2, H)), np.zeros((2, H)), [], []
    for t in range(x.shape[1]):
        a = x[:, t] @ Wx + h @ Wh + b
        i, f, o, g = activate(a)
        caches.append((x[:, t], h, c, a, f * c + i * g))
        c = f * c + i * g
        h = o * np.tanh(c)
        hs.append(h)
    return np.stack(hs, axis=1), caches

def loss(x, Wx, Wh, b, target):
    return np.sum(forward(x, Wx, Wh, b)[0] * target)

def right(x, Wx, Wh, b, target):
    caches = forward(x, Wx, Wh, b)[1]
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh_next = dc_next = np.zeros((2, H))
    for t in reversed(range(x.shape[1])):
        xt, prev_h, prev_c, gates, next_c = caches[t]
        i, f, o, g = activate(gates)
        dh = target[:, t] + dh_next
        dc = dc_next + dh * o * (1 - np.tanh(next_c) ** 2)
        da = np.hstack((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dh * np.tanh(next_c) * o * (1 - o), dc * i * (1 - g ** 2)))
        dx[:, t] = da @ Wx.T
        dWx += xt.T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
        dh_next, dc_next = da @ Wh.T, dc * f
    return dx, dWx, dWh, db

def backprop(x, Wx, Wh, b, target):
    caches = forward(x, Wx, Wh, b)[1]
    dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh_next = dc_next = np.zeros((2, H))
    for t in reversed(range(x.shape[1])):
        xt, prev_h, prev_c, gates, next_c = caches[t]
        i, f, o, g = np.split(gates, 4, axis=1)
        dh = target[:, t] + dh_next
        dc = dc_next + dh * o * (1 - np.tanh(next_c) ** 2)
        da = np.hstack((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dh * np.tanh(next_c) * o * (1 - o), dc * i * (1 - g ** 2)))
        dx[:, t] = da @ Wx.T
        dWx += xt.T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
        dh_next, dc_next = da @ Wh.T, dc * f
    return dx, dWx, dWh, db

"""Lstm last cell state left out.

expected kind: missing-term or detached
wrong line: 59
correction 59: dh, dc = np.zeros((2, H)), v.copy()
what: the loss has the last cell state as well, and the backward pass begins with zeros there
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "Wx", "Wh", "b"]
H = 3

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 4, 5)), r.normal(size=(5, 4 * H)) * 0.6, r.normal(size=(H, 4 * H)) * 0.6, r.normal(size=4 * H), r.normal(size=(2, 4, H)), r.normal(size=(2, H))

def activate(a):
    return sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), sigmoid(a[:, 2 * H:3 * H]), np.tanh(a[:, 3 * H:])

def run(x, Wx, Wh, b):
    h, c, steps = np.zeros((2, H)), np.zeros((2, H)), []
    for xt in x.transpose(1, 0, 2):
        i, f, o, g = activate(xt @ Wx + h @ Wh + b)
        old, c = c, f * c + i * g
        steps.append((xt, h, old, i, f, o, g, np.tanh(c)))
        h = o * np.tanh(c)
    return steps, h, c

def loss(x, Wx, Wh, b, weight, v):
    steps, h, c = run(x, Wx, Wh, b)
    hs = [s[1] for s in steps[1:]] + [h]
    return sum(np.sum(h * weight[:, t]) for t, h in enumerate(hs)) + np.sum(c * v)

def right(x, Wx, Wh, b, weight, v):
    steps, _, _ = run(x, Wx, Wh, b)
    grads = {"x": np.zeros_like(x), "Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros_like(b)}
    dh, dc = np.zeros((2, H)), v.copy()
    for t in range(len(steps) - 1, -1, -1):
        xt, prev_h, prev_c, i, f, o, g, tc = steps[t]
        dh = dh + weight[:, t]
        dc = dc + dh * o * (1 - tc ** 2)
        d = np.concatenate([dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dh * tc * o * (1 - o), dc * i * (1 - g ** 2)], axis=1)
        grads["Wx"] += xt.T @ d
        grads["Wh"] += prev_h.T @ d
        grads["b"] += d.sum(axis=0)
        grads["x"][:, t] = d @ Wx.T
        dh, dc = d @ Wh.T, dc * f
    return grads

def backprop(x, Wx, Wh, b, weight, v):
    steps, _, _ = run(x, Wx, Wh, b)
    grads = {"x": np.zeros_like(x), "Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros_like(b)}
    dh, dc = np.zeros((2, H)), np.zeros((2, H))
    for t in range(len(steps) - 1, -1, -1):
        xt, prev_h, prev_c, i, f, o, g, tc = steps[t]
        dh = dh + weight[:, t]
        dc = dc + dh * o * (1 - tc ** 2)
        d = np.concatenate([dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dh * tc * o * (1 - o), dc * i * (1 - g ** 2)], axis=1)
        grads["Wx"] += xt.T @ d
        grads["Wh"] += prev_h.T @ d
        grads["b"] += d.sum(axis=0)
        grads["x"][:, t] = d @ Wx.T
        dh, dc = d @ Wh.T, dc * f
    return grads

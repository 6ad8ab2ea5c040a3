"""An LSTM whose four gates are in one matrix; step functions with caches.

expected kind: missing-term or stale-value or detached
wrong line: 74
correction 74: dprev_c = dc * f
what: what is handed to the cell before is the next step's gradient alone, the path through the hidden state is left
    out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["h0", "Wx", "Wh", "b"]
H = 3

def data(seed=0):
    rng = np.random.default_rng(seed)
    x, t = rng.normal(size=(2, 4, 2)), rng.normal(size=(2, 4, H))
    return x, t, rng.normal(size=(2, H)), 0.8 * rng.normal(size=(2, 4 * H)), 0.8 * rng.normal(size=(H, 4 * H)), rng.normal(size=4 * H)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def step_forward(x, prev_h, prev_c, Wx, Wh, b):
    a = x @ Wx + prev_h @ Wh + b
    i, f, o, g = sigmoid(a[:, :H]), sigmoid(a[:, H:2 * H]), sigmoid(a[:, 2 * H:3 * H]), np.tanh(a[:, 3 * H:])
    c = f * prev_c + i * g
    return o * np.tanh(c), c, (x, prev_h, prev_c, i, f, o, g, c)

def loss(x, t, h0, Wx, Wh, b):
    h, c, total = h0, np.zeros_like(h0), 0.0
    for k in range(x.shape[1]):
        h, c, _ = step_forward(x[:, k], h, c, Wx, Wh, b)
        total += 0.5 * np.sum((h - t[:, k]) ** 2)
    return total

def right(x, t, h0, Wx, Wh, b):
    h, c, hs, caches = h0, np.zeros_like(h0), [], []
    for k in range(x.shape[1]):
        h, c, cache = step_forward(x[:, k], h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h, dprev_c = np.zeros_like(h0), np.zeros_like(h0)
    for k in reversed(range(len(hs))):
        xk, prev_h, prev_c, i, f, o, g, ck = caches[k]
        dnext_h, dnext_c = hs[k] - t[:, k] + dprev_h, dprev_c
        dc = dnext_c + dnext_h * o * (1 - np.tanh(ck) ** 2)
        da = np.hstack((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * np.tanh(ck) * o * (1 - o), dc * i * (1 - g ** 2)))
        dWx += xk.T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
        dprev_h = da @ Wh.T
        dprev_c = dc * f
    return dprev_h, dWx, dWh, db

def backprop(x, t, h0, Wx, Wh, b):
    h, c, hs, caches = h0, np.zeros_like(h0), [], []
    for k in range(x.shape[1]):
        h, c, cache = step_forward(x[:, k], h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dprev_h, dprev_c = np.zeros_like(h0), np.zeros_like(h0)
    for k in reversed(range(len(hs))):
        xk, prev_h, prev_c, i, f, o, g, ck = caches[k]
        dnext_h, dnext_c = hs[k] - t[:, k] + dprev_h, dprev_c
        dc = dnext_c + dnext_h * o * (1 - np.tanh(ck) ** 2)
        da = np.hstack((dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * np.tanh(ck) * o * (1 - o), dc * i * (1 - g ** 2)))
        dWx += xk.T @ da
        dWh += prev_h.T @ da
        db += da.sum(axis=0)
        dprev_h = da @ Wh.T
        dprev_c = dnext_c * f
    return dprev_h, dWx, dWh, db

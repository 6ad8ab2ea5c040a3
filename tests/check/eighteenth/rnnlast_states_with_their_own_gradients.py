"""Rnnlast states with their own gradients.

expected kind: wrong-point or stale-value
wrong line: 85
correction 85: dWh = np.einsum("tng,tnh->gh", hs[:-1], das)
what: Of the stacked states those behind each step are taken for the recurrent weights, not those before it
source: https://github.com/rotinov/AGNES/pull/17
said: the gradient of the hidden state of a recurrent network is mended
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "bh", "Wy", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, Wy = r.normal(size=(2, 4)), 0.6 * r.normal(size=(4, 4)), r.normal(size=(4, 3))
    return Wx, Wh, r.normal(size=4), Wy, r.normal(size=3), r.normal(size=(5, 4, 2)), np.array([0, 2, 1, 1, 0])


def loss(Wx, Wh, bh, Wy, by, x, y):
    N, T, _ = x.shape
    h = np.zeros((N, len(bh)))
    for t in range(T):
        h = np.tanh(x[:, t] @ Wx + h @ Wh + bh)
    s = h @ Wy + by
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(N), y])


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(x.dot(Wx) + prev_h.dot(Wh) + b)
    return next_h, (x, prev_h, Wx, Wh, next_h)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    dx = da.dot(Wx.T)
    dprev_h = da.dot(Wh.T)
    dWx = x.T.dot(da)
    dWh = prev_h.T.dot(da)
    db = da.sum(axis=0)
    return dx, dprev_h, dWx, dWh, db


def right(Wx, Wh, bh, Wy, by, x, y):
    N, T, _ = x.shape
    h, caches = np.zeros((N, len(bh))), []
    for t in range(T):
        h, cache = rnn_step_forward(x[:, t, :], h, Wx, Wh, bh)
        caches.append(cache)
    scores = h.dot(Wy) + by
    p = np.exp(scores - scores.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True)
    dscores = (p - np.eye(3)[y]) / N
    dWy, dby = h.T.dot(dscores), dscores.sum(axis=0)
    dh = dscores.dot(Wy.T)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(bh)
    for t in reversed(range(T)):
        _, dh, dWx_t, dWh_t, db_t = rnn_step_backward(dh, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dWx, dWh, db, dWy, dby


def backprop(Wx, Wh, bh, Wy, by, x, y):
    N, T, D = x.shape
    H = len(bh)
    hs = np.zeros((T + 1, N, H))
    for t in range(T):
        hs[t + 1] = np.tanh(x[:, t] @ Wx + hs[t] @ Wh + bh)
    logits = hs[T] @ Wy + by
    probs = np.exp(logits) / np.exp(logits).sum(axis=1)[:, None]
    probs[np.arange(N), y] -= 1
    probs /= N
    das = np.zeros((T, N, H))
    dh = probs @ Wy.T
    for t in range(T - 1, -1, -1):
        das[t] = dh * (1 - hs[t + 1] ** 2)
        dh = das[t] @ Wh.T
    dWx = np.einsum("ntd,tnh->dh", x, das)
    dWh = np.einsum("tng,tnh->gh", hs[1:], das)
    return {"Wx": dWx, "Wh": dWh, "bh": das.sum(axis=(0, 1)), "Wy": hs[T].T @ probs, "by": probs.sum(axis=0)}

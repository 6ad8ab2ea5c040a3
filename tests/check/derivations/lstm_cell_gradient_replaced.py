"""The cell's gradient is assigned where it should be added to.

expected kind: detached or missing-term
wrong line: 76
correction 76: dc = dnext_c + o * (1 - np.tanh(next_c) ** 2) * dnext_h
what: what comes from the next step's cell is lost
source: https://github.com/apache/mxnet/issues/4057
said: The backward pass of a Python LSTM seems wrong for dC_t, which should be += and not =.
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo", "bf", "bi", "bg", "bo", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    xs = r.normal(size=(4, 2))
    weights = [r.normal(size=(3, 5)) for _ in range(4)]
    biases = [r.normal(size=3) for _ in range(4)]
    start = [0.5 * r.normal(size=3), r.normal(size=3)]
    return [xs, r.normal(size=(4, 2)), *start, *weights, *biases, r.normal(size=(2, 3))]


def loss(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    h, c, total = h0, c0, 0.0
    for t in range(4):
        z = np.concatenate([h, xs[t]])
        c = sigmoid(Wf @ z + bf) * c + sigmoid(Wi @ z + bi) * np.tanh(Wg @ z + bg)
        h = sigmoid(Wo @ z + bo) * np.tanh(c)
        total = total + np.sum((Wv @ h - ys[t]) ** 2)
    return total


def right(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    W, b = np.vstack([Wf, Wi, Wo, Wg]), np.concatenate([bf, bi, bo, bg])
    h, c, tape = h0, c0, []
    for x in xs:
        z = np.concatenate([h, x])
        a = W @ z + b
        s, g = 1 / (1 + np.exp(-a[:9])), np.tanh(a[9:])
        old, c = c, s[:3] * c + s[3:6] * g
        h = s[6:] * np.tanh(c)
        tape.append((z, s, g, old, c, h))
    dW, db, dWv, dh, dc = 0 * W, 0 * b, 0 * Wv, 0 * h, 0 * c
    for (z, s, g, old, c, h), y in zip(tape[::-1], ys[::-1]):
        e = 2 * (Wv @ h - y)
        dWv += np.outer(e, h)
        dh = dh + e @ Wv
        dc = dc + dh * s[6:] * (1 - np.tanh(c) ** 2)
        ds = np.concatenate([dc * old, dc * g, dh * np.tanh(c)])
        da = np.concatenate([ds * s * (1 - s), dc * s[3:6] * (1 - g * g)])
        dW += np.outer(da, z)
        db += da
        dh, dc = (da @ W)[:3], dc * s[:3]
    (f, i, o, g), (bf, bi, bo, bg) = np.split(dW, 4), np.split(db, 4)
    return f, i, g, o, bf, bi, bg, bo, dWv


def lstm_step_forward(x, prev_h, prev_c, W, b):
    H = prev_h.shape[0]
    a = W @ np.concatenate([prev_h, x]) + b
    i, f, o = (1 / (1 + np.exp(-a[k * H:(k + 1) * H])) for k in range(3))
    g = np.tanh(a[3 * H:])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, W, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, W, i, f, o, g, next_c = cache
    do = dnext_h * np.tanh(next_c)
    dc = o * (1 - np.tanh(next_c) ** 2) * dnext_h
    df, di, dg = dc * prev_c, dc * g, dc * i
    dprev_c = dc * f
    da = np.concatenate([i * (1 - i) * di, f * (1 - f) * df, o * (1 - o) * do, (1 - g ** 2) * dg])
    dz = W.T @ da
    return dz[:prev_h.shape[0]], dprev_c, np.outer(da, np.concatenate([prev_h, x])), da


def backprop(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    W, b = np.concatenate([Wi, Wf, Wo, Wg]), np.concatenate([bi, bf, bo, bg])
    h, c, caches, hs = h0, c0, [], []
    for x in xs:
        h, c, cache = lstm_step_forward(x, h, c, W, b)
        caches.append(cache)
        hs.append(h)
    hs = np.array(hs)
    dout = 2 * (hs @ Wv.T - ys)
    dh_out = dout @ Wv
    dh, dc, dW, db = np.zeros_like(h0), np.zeros_like(c0), 0, 0
    for t in range(len(xs) - 1, -1, -1):
        dh, dc, dW_t, db_t = lstm_step_backward(dh + dh_out[t], dc, caches[t])
        dW, db = dW + dW_t, db + db_t
    dWi, dWf, dWo, dWg = np.split(dW, 4)
    dbi, dbf, dbo, dbg = np.split(db, 4)
    return dWf, dWi, dWg, dWo, dbf, dbi, dbg, dbo, dout.T @ hs

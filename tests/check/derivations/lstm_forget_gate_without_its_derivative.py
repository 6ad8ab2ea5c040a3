"""df = sigmoid(f) * df: the flag derivative=True is missing.

expected kind: wrong-activation or missing-factor or repeated-factor
wrong line: 101
correction 101: df = sigmoid(f_s[t], derivative=True) * df
what: the forget gate gets the sigmoid of its value in place of f(1 - f)
source: https://github.com/nicklashansen/rnn_lstm_from_scratch/issues/1
said: The LSTM doesn't pass a gradient check; the forget gate's line calls sigmoid without derivative=True.
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


def sigmoid(x, derivative=False):
    return x * (1 - x) if derivative else 1 / (1 + np.exp(-x))


def tanh(x, derivative=False):
    return 1 - x ** 2 if derivative else np.tanh(x)


def backprop(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    # forward
    h_prev, C_prev = h0, c0
    z_s, f_s, i_s, g_s, C_s, o_s, h_s, v_s = ([] for _ in range(8))
    h_s.append(h_prev); C_s.append(C_prev)
    for x in xs:
        z = np.concatenate((h_prev, x)); z_s.append(z)
        f_s.append(sigmoid(Wf @ z + bf)); i_s.append(sigmoid(Wi @ z + bi))
        g_s.append(tanh(Wg @ z + bg)); o_s.append(sigmoid(Wo @ z + bo))
        C_prev = f_s[-1] * C_prev + i_s[-1] * g_s[-1]; C_s.append(C_prev)
        h_prev = o_s[-1] * tanh(C_prev); h_s.append(h_prev)
        v_s.append(Wv @ h_prev)
    # backward
    Wf_d, Wi_d, Wg_d, Wo_d, Wv_d = (np.zeros_like(w) for w in (Wf, Wi, Wg, Wo, Wv))
    bf_d, bi_d, bg_d, bo_d = (np.zeros_like(v) for v in (bf, bi, bg, bo))
    dh_next, dC_next = np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(len(xs))):
        C_prev = C_s[t]
        dv = 2 * (v_s[t] - ys[t])
        Wv_d += np.outer(dv, h_s[t + 1])
        dh = np.dot(Wv.T, dv) + dh_next
        do = dh * tanh(C_s[t + 1])
        do = sigmoid(o_s[t], derivative=True) * do
        Wo_d += np.outer(do, z_s[t]); bo_d += do
        dC = dC_next + dh * o_s[t] * tanh(tanh(C_s[t + 1]), derivative=True)
        dg = tanh(g_s[t], derivative=True) * dC * i_s[t]
        Wg_d += np.outer(dg, z_s[t]); bg_d += dg
        di = sigmoid(i_s[t], True) * dC * g_s[t]
        Wi_d += np.outer(di, z_s[t]); bi_d += di
        df = dC * C_prev
        df = sigmoid(f_s[t]) * df
        Wf_d += np.outer(df, z_s[t]); bf_d += df
        dz = np.dot(Wf.T, df) + np.dot(Wi.T, di) + np.dot(Wg.T, dg) + np.dot(Wo.T, do)
        dh_next = dz[:h0.size]
        dC_next = f_s[t] * dC
    return Wf_d, Wi_d, Wg_d, Wo_d, bf_d, bi_d, bg_d, bo_d, Wv_d

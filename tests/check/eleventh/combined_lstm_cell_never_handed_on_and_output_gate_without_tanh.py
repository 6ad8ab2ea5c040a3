"""Combined lstm cell never handed on and output gate without tanh.

expected kind: missing-factor or wrong-point + missing-term or detached
wrong line: 115 and 118 or 119 or 122 or 123
correction 115: do = dh * np.tanh(cs[t]) * o * (1 - o)
correction 118: dg = dc * i * (1 - g * g); dc_next = f * dc
correction 119: da = np.concatenate([di, df, do, dg]); dc_next = f * dc
correction 122: grads["b"] += da; dc_next = f * dc
correction 123: dh_next = Wh @ da; dc_next = f * dc
what: The cell's gradient is never handed on to the step before; the output gate has the cell without its tanh
source: https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1
said: lines are needed that set the next step's gradients too (the second mistake is a usual one)
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "Wy", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 8), (2, 8), 8, (2, 4), 4, (3, 4, 3)]
    return *(r.normal(size=s) for s in shapes), np.array([[0, 1, 3, 2], [3, 3, 0, 1], [2, 0, 1, 1]])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(Wx, Wh, b, Wy, by, x, y):
    N, T, _ = x.shape
    h, c, total = np.zeros((N, 2)), np.zeros((N, 2)), 0
    for t in range(T):
        i, f, o, g = np.split(x[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        s = h @ Wy + by
        total = total + np.sum(np.log(np.sum(np.exp(s), axis=1)) - np.sum(s * np.eye(4)[y[:, t]], axis=1))
    return total / (N * T)


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, prev_h, prev_c, Wh, i, f, o, g, next_c)


def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wh, i, f, o, g, next_c = cache
    tanh_c = np.tanh(next_c)
    dc = dnext_c.copy()
    dc += dnext_h * o * (1 - tanh_c**2)
    do = dnext_h * tanh_c
    di, df, dg = dc * g, dc * prev_c, dc * i
    dprev_c = dc * f
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))
    return da.dot(Wh.T), dprev_c, x.T.dot(da), prev_h.T.dot(da), da.sum(axis=0)


def right(Wx, Wh, b, Wy, by, x, y):
    N, T, D = x.shape
    H = Wh.shape[0]
    h, c = np.zeros((N, H)), np.zeros((N, H))
    states, caches = np.zeros((N, T, H)), []
    for t in range(T):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states[:, t] = h
        caches.append(cache)
    scores = states.dot(Wy) + by
    p = np.exp(scores)
    p /= p.sum(axis=2, keepdims=True)
    p[np.arange(N)[:, None], np.arange(T), y] -= 1
    dscores = p / (N * T)
    dstates = dscores.dot(Wy.T)
    dWy = np.tensordot(states, dscores, axes=((0, 1), (0, 1)))

    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    dh, dc = np.zeros((N, H)), np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dh, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dstates[:, t] + dh, dc, caches[t])
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return dWx, dWh, db, dWy, dscores.sum(axis=(0, 1))


def backprop(Wx, Wh, b, Wy, by, x, y):
    params = {"Wx": Wx, "Wh": Wh, "b": b, "Wy": Wy, "by": by}
    grads = {k: np.zeros_like(v) for k, v in params.items()}
    H, count = len(Wh), y.size
    for sentence, words in zip(x, y):
        hs, cs, gates, probs = {-1: np.zeros(H)}, {-1: np.zeros(H)}, {}, {}
        for t, word in enumerate(sentence):
            a = word @ Wx + hs[t - 1] @ Wh + b
            a[: 3 * H] = sigmoid(a[: 3 * H])
            a[3 * H :] = np.tanh(a[3 * H :])
            i, f, o, g = gates[t] = a.reshape(4, H)
            cs[t] = f * cs[t - 1] + i * g
            hs[t] = o * np.tanh(cs[t])
            e = np.exp(hs[t] @ Wy + by)
            probs[t] = e / e.sum()

        dh_next, dc_next = np.zeros(H), np.zeros(H)
        for t in reversed(range(len(words))):
            i, f, o, g = gates[t]
            dy = probs[t].copy()
            dy[words[t]] -= 1
            dy /= count
            grads["Wy"] += np.outer(hs[t], dy)
            grads["by"] += dy
            dh = Wy @ dy + dh_next
            dc = dh * o * (1 - np.tanh(cs[t]) ** 2) + dc_next
            do = dh * cs[t] * o * (1 - o)
            di = dc * g * i * (1 - i)
            df = dc * cs[t - 1] * f * (1 - f)
            dg = dc * i * (1 - g * g)
            da = np.concatenate([di, df, do, dg])
            grads["Wx"] += np.outer(sentence[t], da)
            grads["Wh"] += np.outer(hs[t - 1], da)
            grads["b"] += da
            dh_next = Wh @ da
    return grads

"""Combined lstm forget by the new cell and cell before the forgetting.

expected kind: wrong-point or stale-value + missing-factor
wrong line: 96 and 105
correction 96: dgates = np.concatenate([dc * g, dc * cs[t], dh * tanh_c, dc * i])
correction 105: dc_next = dc * f
what: The forget gate meets the cell of its own step; the cell goes back without having been forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.8 * r.normal(size=(5, 12)), r.normal(size=12), r.normal(size=3), r.normal(size=(4, 4, 2)), r.normal(size=4)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(W, b, v, X, y):
    h = np.zeros((X.shape[0], 3))
    c = np.zeros((X.shape[0], 3))
    for t in range(X.shape[1]):
        a = X[:, t] @ W[:2] + h @ W[2:] + b
        i, f, o, g = sigmoid(a[:, :3]), sigmoid(a[:, 3:6]), sigmoid(a[:, 6:9]), np.tanh(a[:, 9:])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.mean((h @ v - y) ** 2)


def lstm_step_forward(x, prev_h, prev_c, W, b):
    H = prev_h.shape[1]
    z = np.hstack((x, prev_h))
    a = z.dot(W) + b
    i, f, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H :])
    c = f * prev_c + i * g
    tc = np.tanh(c)
    return o * tc, c, (z, prev_c, i, f, o, g, tc)


def lstm_step_backward(dh, dc, W, cache):
    z, prev_c, i, f, o, g, tc = cache
    H = dh.shape[1]
    dc = dc + dh * o * (1 - tc**2)
    di = dc * g
    df = dc * prev_c
    do = dh * tc
    dg = dc * i
    da = np.hstack((di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)))
    dz = da.dot(W.T)
    return dz[:, -H:], dc * f, z.T.dot(da), da.sum(axis=0)


def right(W, b, v, X, y):
    N, T, _ = X.shape
    h, c, caches = np.zeros((N, 3)), np.zeros((N, 3)), []
    for t in range(T):
        h, c, cache = lstm_step_forward(X[:, t], h, c, W, b)
        caches.append(cache)
    dout = 2 * (h.dot(v) - y) / N
    dh, dc = np.outer(dout, v), np.zeros((N, 3))
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for cache in caches[::-1]:
        dh, dc, dWt, dbt = lstm_step_backward(dh, dc, W, cache)
        dW += dWt
        db += dbt
    return dW, db, h.T.dot(dout)


def backprop(W, b, v, X, y):
    Wx, Wh, H, T = W[:2], W[2:], 3, X.shape[1]
    total = {"W": np.zeros_like(W), "b": np.zeros_like(b), "v": np.zeros_like(v)}
    for seq, goal in zip(X, y):
        hs, cs, gates = [np.zeros(H)], [np.zeros(H)], []
        for x in seq:
            a = x @ Wx + hs[-1] @ Wh + b
            s = sigmoid(a[:9])
            i, f, o, g = s[:3], s[3:6], s[6:], np.tanh(a[9:])
            gates.append((i, f, o, g))
            cs.append(f * cs[-1] + i * g)
            hs.append(o * np.tanh(cs[-1]))
        derr = 2 * (hs[-1] @ v - goal) / len(X)
        total["v"] += derr * hs[-1]
        dh, dc_next = derr * v, np.zeros(H)
        for t in reversed(range(T)):
            i, f, o, g = gates[t]
            tanh_c = np.tanh(cs[t + 1])
            dc = dh * o * (1 - tanh_c**2) + dc_next
            dgates = np.concatenate([dc * g, dc * cs[t + 1], dh * tanh_c, dc * i])
            dgates[:3] *= i * (1 - i)
            dgates[3:6] *= f * (1 - f)
            dgates[6:9] *= o * (1 - o)
            dgates[9:] *= 1 - g * g
            total["W"][:2] += np.outer(seq[t], dgates)
            total["W"][2:] += np.outer(hs[t], dgates)
            total["b"] += dgates
            dh = Wh @ dgates
            dc_next = dc
    return total

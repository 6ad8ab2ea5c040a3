"""Canal recurrent weights not transposed.

expected kind: transpose
wrong line: 102
correction 102: return da @ self.Wh.T
what: The errors of the gates go back to the state before through the recurrent weights as they are, not transposed
source: https://github.com/hanbt/learn_dl/issues/34
said: in the formula by which the error goes a step back the recurrent weights of all gates should be transposed
"""

import numpy as np

PARAMETERS = ["W", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # four locks, three barges, two measurements
    flow, level = 1.2 * r.normal(size=(4, 3, 2)), r.normal(size=(4, 3, 2))
    return 0.8 * r.normal(size=(5, 12)), 0.4 * r.normal(size=12), r.normal(size=(3, 2)), r.normal(size=2), flow, level


def loss(W, b, V, c, flow, level):
    n, H = flow.shape[1], V.shape[0]
    h, s = np.zeros((n, H)), np.zeros((n, H))
    total = 0.0
    for t in range(len(flow)):
        z = np.concatenate([flow[t], h], axis=1) @ W + b
        gates = 1 / (1 + np.exp(-z[:, : 3 * H]))
        s = gates[:, H : 2 * H] * s + gates[:, :H] * np.tanh(z[:, 3 * H :])
        h = gates[:, 2 * H :] * np.tanh(s)
        total = total + np.sum((h @ V + c - level[t]) ** 2)
    return total / (2 * n)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def step_forward(x, h, s_old, W, b):
    H = h.shape[1]
    xh = np.hstack((x, h))
    z = xh @ W + b
    i, f, o = sigmoid(z[:, :H]), sigmoid(z[:, H : 2 * H]), sigmoid(z[:, 2 * H : 3 * H])
    g = np.tanh(z[:, 3 * H :])
    s = f * s_old + i * g
    return o * np.tanh(s), s, (xh, i, f, o, g, s_old, s)


def step_backward(dh, ds_next, cache, W):
    xh, i, f, o, g, s_old, s = cache
    ts = np.tanh(s)
    ds = ds_next + dh * o * (1 - ts**2)
    di = ds * g * i * (1 - i)
    df = ds * s_old * f * (1 - f)
    do = dh * ts * o * (1 - o)
    dg = ds * i * (1 - g**2)
    dz = np.hstack((di, df, do, dg))
    dxh = dz @ W.T
    return xh.T @ dz, dz.sum(axis=0), dxh[:, -s.shape[1] :], ds * f


def right(W, b, V, c, flow, level):
    T, n, _ = flow.shape
    H = V.shape[0]
    h, s = np.zeros((n, H)), np.zeros((n, H))
    hidden, caches = [], []
    for t in range(T):
        h, s, cache = step_forward(flow[t], h, s, W, b)
        hidden.append(h)
        caches.append(cache)
    dW, db, dV, dc = np.zeros_like(W), np.zeros_like(b), np.zeros_like(V), np.zeros_like(c)
    dh_next, ds_next = np.zeros((n, H)), np.zeros((n, H))
    for t in reversed(range(T)):
        dy = (hidden[t] @ V + c - level[t]) / n
        dV += hidden[t].T @ dy
        dc += dy.sum(axis=0)
        dW_t, db_t, dh_next, ds_next = step_backward(dy @ V.T + dh_next, ds_next, caches[t], W)
        dW += dW_t
        db += db_t
    return dW, db, dV, dc


class Gate:
    def __init__(self, W, b, width, bent):
        self.Wx, self.Wh, self.b, self.bent = W[:width], W[width:], b, bent
        self.dWx, self.dWh, self.db = np.zeros_like(self.Wx), np.zeros_like(self.Wh), np.zeros_like(b)
        self.seen = []

    def forward(self, x, h):
        a = x @ self.Wx + h @ self.Wh + self.b
        y = np.tanh(a) if self.bent else 1 / (1 + np.exp(-a))
        self.seen.append((x, h, y))
        return y

    def backward(self, dy):
        x, h, y = self.seen.pop()
        da = dy * (1 - y * y) if self.bent else dy * y * (1 - y)
        self.dWx += x.T @ da
        self.dWh += h.T @ da
        self.db += da.sum(axis=0)
        return da @ self.Wh


def backprop(W, b, V, c, flow, level):
    barges, H = flow.shape[1], len(V)
    gates = {}
    for j, k in enumerate("ifog"):
        gates[k] = Gate(W[:, j * H : (j + 1) * H], b[j * H : (j + 1) * H], flow.shape[2], k == "g")
    hs, states, values = [np.zeros((barges, H))], [np.zeros((barges, H))], []
    for x in flow:
        v = {k: gate.forward(x, hs[-1]) for k, gate in gates.items()}
        values.append(v)
        states.append(v["f"] * states[-1] + v["i"] * v["g"])
        hs.append(v["o"] * np.tanh(states[-1]))
    dV, dc = np.zeros_like(V), np.zeros_like(c)
    dh, ds = np.zeros((barges, H)), np.zeros((barges, H))
    for t in range(len(flow) - 1, -1, -1):
        v, bent = values[t], np.tanh(states[t + 1])
        error = (hs[t + 1] @ V + c - level[t]) / barges
        dV, dc = dV + hs[t + 1].T @ error, dc + error.sum(axis=0)
        dh = dh + error @ V.T
        ds = ds + dh * v["o"] * (1 - bent**2)
        up = {"i": ds * v["g"], "f": ds * states[t], "o": dh * bent, "g": ds * v["i"]}
        dh = sum(gates[k].backward(up[k]) for k in "ifog")
        ds = ds * v["f"]
    dW = np.vstack((np.hstack([gates[k].dWx for k in "ifog"]), np.hstack([gates[k].dWh for k in "ifog"])))
    return dW, np.concatenate([gates[k].db for k in "ifog"]), dV, dc

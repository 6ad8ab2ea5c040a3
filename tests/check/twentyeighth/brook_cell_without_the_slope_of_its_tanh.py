"""Brook cell without the slope of its tanh.

expected kind: missing-factor
wrong line: 115
correction 115: d_cell = d_cell + dh * q["o"] * (1 - top * top)
what: The cell goes through a tanh before the output gate, but comes back without it
source: https://github.com/nicodjimenez/lstm/issues/7
said: the tanh of the new cell state is left out where the output gate is multiplied on
"""

import numpy as np

PARAMETERS = ["W", "U", "b", "P", "w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, R, T, n = 2, 4, 3, 4, 5
    W, U, b = r.normal(size=(d, 4 * H)), 0.9 * r.normal(size=(R, 4 * H)), 0.4 * r.normal(size=4 * H)
    P, w = 1.2 * r.normal(size=(H, R)), 1.3 * r.normal(size=R)
    return W, U, b, P, w, 1.2 * r.normal(size=(T, n, d)), r.normal(size=(T, n))


def loss(W, U, b, P, w, rain, level):
    (T, n), H = level.shape, P.shape[0]
    c, low, total = np.zeros((n, H)), np.zeros((n, P.shape[1])), 0.0
    for t in range(T):
        a = rain[t] @ W + low @ U + b
        i, f, o = (1 / (1 + np.exp(-a[:, k * H : (k + 1) * H])) for k in range(3))
        c = f * c + i * np.tanh(a[:, 3 * H :])
        low = (o * np.tanh(c)) @ P
        total = total + np.sum((low @ w - level[t]) ** 2)
    return total / n


class ProjectedLSTM:
    def __init__(self, W, U, b, P):
        self.W, self.U, self.b, self.P = W, U, b, P
        self.dW, self.dU, self.db, self.dP = (np.zeros_like(m) for m in (W, U, b, P))
        self.cache = []

    def step(self, x, r, c):
        H = self.P.shape[0]
        a = x @ self.W + r @ self.U + self.b
        gates = 1 / (1 + np.exp(-a[:, : 3 * H]))
        i, f, o = gates[:, :H], gates[:, H : 2 * H], gates[:, 2 * H :]
        g = np.tanh(a[:, 3 * H :])
        new = f * c + i * g
        squashed = np.tanh(new)
        h = o * squashed
        self.cache.append((x, r, c, i, f, o, g, squashed, h))
        return h @ self.P, new

    def step_back(self, dread, dr_next, dc_next):
        x, r, c, i, f, o, g, squashed, h = self.cache.pop()
        dr = dread + dr_next
        self.dP += h.T @ dr
        dh = dr @ self.P.T
        dc = dc_next + dh * o * (1 - squashed**2)
        da = np.concatenate(
            [dc * g * i * (1 - i), dc * c * f * (1 - f), dh * squashed * o * (1 - o), dc * i * (1 - g**2)], axis=1
        )
        self.dW += x.T @ da
        self.dU += r.T @ da
        self.db += da.sum(axis=0)
        return da @ self.U.T, dc * f


def right(W, U, b, P, w, rain, level):
    T, n = level.shape
    net = ProjectedLSTM(W, U, b, P)
    r, c = np.zeros((n, P.shape[1])), np.zeros((n, P.shape[0]))
    rs = []
    for t in range(T):
        r, c = net.step(rain[t], r, c)
        rs.append(r)
    dw, dr, dc = np.zeros_like(w), np.zeros_like(r), np.zeros_like(c)
    for t in reversed(range(T)):
        miss = 2 * (rs[t] @ w - level[t]) / n
        dw += rs[t].T @ miss
        dr, dc = net.step_back(np.outer(miss, w), dr, dc)
    return net.dW, net.dU, net.db, net.dP, dw


def cut(m, H):
    return {name: m[..., k * H : (k + 1) * H] for k, name in enumerate("ifog")}


def sigma(a):
    return 1.0 / (1.0 + np.exp(-a))


def follow(W, U, b, P, w, drops, heights):
    """Gradients of the squared misses of one brook."""
    H, T = P.shape[0], len(heights)
    Ws, Us, bs = cut(W, H), cut(U, H), cut(b, H)
    low, cell, gate = {-1: np.zeros(P.shape[1])}, {-1: np.zeros(H)}, {}
    for t in range(T):
        pre = {k: drops[t] @ Ws[k] + low[t - 1] @ Us[k] + bs[k] for k in "ifog"}
        gate[t] = {k: np.tanh(a) if k == "g" else sigma(a) for k, a in pre.items()}
        cell[t] = gate[t]["f"] * cell[t - 1] + gate[t]["i"] * gate[t]["g"]
        low[t] = (gate[t]["o"] * np.tanh(cell[t])) @ P

    grad = {"W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros_like(b)}
    grad["P"], grad["w"] = np.zeros_like(P), np.zeros_like(w)
    d_low, d_cell = np.zeros(P.shape[1]), np.zeros(H)
    for t in range(T - 1, -1, -1):
        q = gate[t]
        miss = 2 * (low[t] @ w - heights[t])
        grad["w"] += miss * low[t]
        d_low = d_low + miss * w
        top = np.tanh(cell[t])
        grad["P"] += np.outer(q["o"] * top, d_low)
        dh = P @ d_low
        d_cell = d_cell + dh * q["o"]
        delta = {
            "i": d_cell * q["g"] * q["i"] * (1 - q["i"]),
            "f": d_cell * cell[t - 1] * q["f"] * (1 - q["f"]),
            "o": dh * top * q["o"] * (1 - q["o"]),
            "g": d_cell * q["i"] * (1 - q["g"] ** 2),
        }
        d_low = sum(Us[k] @ delta[k] for k in "ifog")
        d_cell = d_cell * q["f"]
        joined = np.concatenate([delta[k] for k in "ifog"])
        grad["W"] += np.outer(drops[t], joined)
        grad["U"] += np.outer(low[t - 1], joined)
        grad["b"] += joined
    return grad


def backprop(W, U, b, P, w, rain, level):
    n = level.shape[1]
    every = [follow(W, U, b, P, w, rain[:, k], level[:, k]) for k in range(n)]
    return {name: sum(g[name] for g in every) / n for name in PARAMETERS}

"""Vineyard old state carried back by the gate of the new.

expected kind: wrong-point
wrong line: 110
correction 110: dprev = (1 - z) * dh + r * drh
what: The old state is multiplied by 1 - z, but what goes back to it directly is multiplied by z
source: https://github.com/ageron/handson-ml/issues/563
said: in the last equation of the cell the gate and one minus the gate stand the other way round than in the figure
"""

import numpy as np

PARAMETERS = ["W", "U", "b", "h0", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    d, H, T, n = 2, 3, 4, 5
    W, U, b = r.normal(size=(d, 3 * H)), 0.8 * r.normal(size=(H, 3 * H)), 0.4 * r.normal(size=3 * H)
    return W, U, b, 0.6 * r.normal(size=H), r.normal(size=H), r.normal(size=(T, n, d)), r.normal(size=(T, n))


def loss(W, U, b, h0, v, weather, grapes):
    H, (T, n) = h0.shape[0], grapes.shape
    h, total = h0, 0.0
    for t in range(T):
        x = weather[t]
        z = 1 / (1 + np.exp(-(x @ W[:, :H] + h @ U[:, :H] + b[:H])))
        r = 1 / (1 + np.exp(-(x @ W[:, H : 2 * H] + h @ U[:, H : 2 * H] + b[H : 2 * H])))
        g = np.tanh(x @ W[:, 2 * H :] + (r * h) @ U[:, 2 * H :] + b[2 * H :])
        h = (1 - z) * h + z * g
        total = total + np.sum((h @ v - grapes[t]) ** 2)
    return 0.5 * total / n


def split(P):
    """The blocks of update gate, reset gate and candidate."""
    return dict(zip("zrg", np.split(P, 3, axis=-1)))


def right(W, U, b, h0, v, weather, grapes):
    Ws, Us, bs = split(W), split(U), split(b)
    T, n = grapes.shape
    sigm = lambda a: 1 / (1 + np.exp(-a))

    hs, kept = {-1: np.repeat(h0[None], n, axis=0)}, {}
    for t in range(T):
        prev = hs[t - 1]
        z = sigm(np.dot(weather[t], Ws["z"]) + np.dot(prev, Us["z"]) + bs["z"])
        r = sigm(np.dot(weather[t], Ws["r"]) + np.dot(prev, Us["r"]) + bs["r"])
        gated = r * prev
        g = np.tanh(np.dot(weather[t], Ws["g"]) + np.dot(gated, Us["g"]) + bs["g"])
        hs[t] = (1 - z) * prev + z * g
        kept[t] = z, r, gated, g

    grad_W, grad_U, grad_b = ({k: np.zeros_like(m) for k, m in p.items()} for p in (Ws, Us, bs))
    grad_v = np.zeros_like(v)
    dh_next = np.zeros((n, len(h0)))
    for t in reversed(range(T)):
        z, r, gated, g = kept[t]
        prev = hs[t - 1]
        derr = (np.dot(hs[t], v) - grapes[t]) / n
        grad_v += np.dot(derr, hs[t])
        dh = derr[:, None] * v + dh_next
        # pre-activations
        da = {"g": dh * z * (1 - g * g), "z": dh * (g - prev) * z * (1 - z)}
        dgated = np.dot(da["g"], Us["g"].T)
        da["r"] = dgated * prev * r * (1 - r)
        for k in "zrg":
            grad_W[k] += np.dot(weather[t].T, da[k])
            grad_b[k] += np.sum(da[k], axis=0)
        grad_U["z"] += np.dot(prev.T, da["z"])
        grad_U["r"] += np.dot(prev.T, da["r"])
        grad_U["g"] += np.dot(gated.T, da["g"])
        dh_next = dh * (1 - z) + dgated * r + np.dot(da["z"], Us["z"].T) + np.dot(da["r"], Us["r"].T)

    join = lambda p: np.concatenate([p[k] for k in "zrg"], axis=-1)
    return join(grad_W), join(grad_U), join(grad_b), np.sum(dh_next, axis=0), grad_v


class Vine:
    """A gated unit that keeps what it needs on a stack."""

    def __init__(self, W, U, b):
        self.W, self.U, self.b = W, U, b
        self.dW, self.dU, self.db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
        self.stack, self.H = [], U.shape[0]

    def forward(self, x, h):
        H = self.H
        zr = 1 / (1 + np.exp(-(x @ self.W[:, : 2 * H] + h @ self.U[:, : 2 * H] + self.b[: 2 * H])))
        z, r = zr[:, :H], zr[:, H:]
        g = np.tanh(x @ self.W[:, 2 * H :] + (r * h) @ self.U[:, 2 * H :] + self.b[2 * H :])
        self.stack.append((x, h, z, r, g))
        return h + z * (g - h)

    def backward(self, dh):
        x, h, z, r, g = self.stack.pop()
        H = self.H
        dg = dh * z * (1 - g**2)
        dz = dh * (g - h) * z * (1 - z)
        drh = dg @ self.U[:, 2 * H :].T
        dr = drh * h * r * (1 - r)
        dzr = np.hstack([dz, dr])
        dall = np.hstack([dzr, dg])
        self.dW += x.T @ dall
        self.db += dall.sum(axis=0)
        self.dU[:, : 2 * H] += h.T @ dzr
        self.dU[:, 2 * H :] += (r * h).T @ dg
        dprev = z * dh + r * drh
        return dprev + dzr @ self.U[:, : 2 * H].T


def backprop(W, U, b, h0, v, weather, grapes):
    T, n = grapes.shape
    vine = Vine(W, U, b)
    h, states = np.tile(h0, (n, 1)), []
    for x in weather:
        h = vine.forward(x, h)
        states.append(h)
    dv, dh = np.zeros_like(v), np.zeros_like(h)
    for t in range(T - 1, -1, -1):
        miss = (states[t] @ v - grapes[t]) / n
        dv += states[t].T @ miss
        dh = vine.backward(dh + np.outer(miss, v))
    return vine.dW, vine.dU, vine.db, dh.sum(axis=0), dv

"""Buoy recurrent weights keep the first hour only.

expected kind: missing-sum or missing-term
wrong line: 110
correction 110: self.grads["U" + name] += seen.T @ d
what: The gradients of the recurrent weights are replaced at every step back, so that the first hour's remain
source: https://github.com/mratsim/Arraymancer/pull/237
said: of a GRU whose weights are shared over time: the gradients of the six arrays should be added to what is there, not replace it
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "bz", "Wr", "Ur", "br", "Wg", "Ug", "bg", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    gates = []
    for _ in range(3):
        gates += [0.8 * r.normal(size=(2, 3)), 0.7 * r.normal(size=(3, 3)), 0.3 * r.normal(size=3)]
    wind, levels = r.normal(size=(5, 4, 2)), r.normal(size=(5, 4))
    return *gates, r.normal(size=3), wind, levels, 0.5 * r.normal(size=(4, 3))


def loss(Wz, Uz, bz, Wr, Ur, br, Wg, Ug, bg, v, wind, levels, h):
    # the level of the water at every hour, for four harbours
    total = 0.0
    for x, y in zip(wind, levels):
        z = 1 / (1 + np.exp(-(x @ Wz + h @ Uz + bz)))
        r = 1 / (1 + np.exp(-(x @ Wr + h @ Ur + br)))
        g = np.tanh(x @ Wg + (r * h) @ Ug + bg)
        h = (1 - z) * h + z * g
        total = total + np.sum((h @ v - y) ** 2)
    return total / levels.size


def sigma(a):
    return 1 / (1 + np.exp(-a))


def watch(Wz, Uz, bz, Wr, Ur, br, Wg, Ug, bg, wind, h0):
    """Run through the hours of one harbour; return all that was seen, as arrays over time."""
    T, H = len(wind), len(h0)
    hs, zs, rs, gs = np.zeros((T + 1, H)), np.zeros((T, H)), np.zeros((T, H)), np.zeros((T, H))
    hs[0] = h0
    for t in range(T):
        zs[t] = sigma(Wz.T @ wind[t] + Uz.T @ hs[t] + bz)
        rs[t] = sigma(Wr.T @ wind[t] + Ur.T @ hs[t] + br)
        gs[t] = np.tanh(Wg.T @ wind[t] + Ug.T @ (rs[t] * hs[t]) + bg)
        hs[t + 1] = (1 - zs[t]) * hs[t] + zs[t] * gs[t]
    return hs, zs, rs, gs


def right(Wz, Uz, bz, Wr, Ur, br, Wg, Ug, bg, v, wind, levels, h):
    T, N = levels.shape
    dWz, dUz, dbz = np.zeros_like(Wz), np.zeros_like(Uz), np.zeros_like(bz)
    dWr, dUr, dbr = np.zeros_like(Wr), np.zeros_like(Ur), np.zeros_like(br)
    dWg, dUg, dbg, dv = np.zeros_like(Wg), np.zeros_like(Ug), np.zeros_like(bg), np.zeros_like(v)
    for n in range(N):
        hs, zs, rs, gs = watch(Wz, Uz, bz, Wr, Ur, br, Wg, Ug, bg, wind[:, n], h[n])
        later = np.zeros(len(v))
        for t in range(T - 1, -1, -1):
            x, old, z, r, g = wind[t, n], hs[t], zs[t], rs[t], gs[t]
            err = 2 / (T * N) * (hs[t + 1] @ v - levels[t, n])
            dv += err * hs[t + 1]
            dh = err * v + later
            az = dh * (g - old) * z * (1 - z)
            ag = dh * z * (1 - g**2)
            gated = Ug @ ag
            ar = gated * old * r * (1 - r)
            later = (1 - z) * dh + Uz @ az + Ur @ ar + r * gated
            dWz += np.outer(x, az)
            dWr += np.outer(x, ar)
            dWg += np.outer(x, ag)
            dUz += np.outer(old, az)
            dUr += np.outer(old, ar)
            dUg += np.outer(r * old, ag)
            dbz += az
            dbr += ar
            dbg += ag
    return dWz, dUz, dbz, dWr, dUr, dbr, dWg, dUg, dbg, dv


class GRUCell:
    """One cell for all hours; what a step needs on its way back lies on a stack."""

    def __init__(self, **params):
        self.params = params
        self.grads = {name: np.zeros_like(p) for name, p in params.items()}
        self.stack = []

    def gate(self, name, x, h):
        return x @ self.params["W" + name] + h @ self.params["U" + name] + self.params["b" + name]

    def forward(self, x, h):
        z = 1 / (1 + np.exp(-self.gate("z", x, h)))
        r = 1 / (1 + np.exp(-self.gate("r", x, h)))
        g = np.tanh(self.gate("g", x, r * h))
        self.stack.append((x, h, z, r, g))
        return h + z * (g - h)

    def backward(self, dh):
        x, h, z, r, g = self.stack.pop()
        dg = dh * z * (1 - g * g)
        drh = dg @ self.params["Ug"].T
        dz = dh * (g - h) * z * (1 - z)
        dr = drh * h * r * (1 - r)
        for name, d, seen in (("z", dz, h), ("r", dr, h), ("g", dg, r * h)):
            self.grads["W" + name] += x.T @ d
            self.grads["U" + name] = seen.T @ d
            self.grads["b" + name] += d.sum(axis=0)
        return dh * (1 - z) + drh * r + dz @ self.params["Uz"].T + dr @ self.params["Ur"].T


def backprop(Wz, Uz, bz, Wr, Ur, br, Wg, Ug, bg, v, wind, levels, h):
    cell = GRUCell(Wz=Wz, Uz=Uz, bz=bz, Wr=Wr, Ur=Ur, br=br, Wg=Wg, Ug=Ug, bg=bg)
    states = []
    for x in wind:
        h = cell.forward(x, h)
        states.append(h)
    dv, dh = np.zeros_like(v), np.zeros_like(h)
    for h, y in zip(states[::-1], levels[::-1]):
        miss = 2 * (h @ v - y) / levels.size
        dv += h.T @ miss
        dh = cell.backward(dh + np.outer(miss, v))
    return {**cell.grads, "v": dv}

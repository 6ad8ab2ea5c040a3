"""Gru candidate led back past the reset gate.

expected kind: missing-factor
wrong line: 84
correction 84: return dh * z + drh * r + dgates_in @ p["Ug"].T
what: The candidate sees the reset gate times the state; what it hands back to the state isn't multiplied by the
    gate
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wg", "Ug", "bg", "Wc", "Uc", "bc", "h0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    D, H, N, T = 2, 3, 4, 3
    gates = r.normal(size=(D, 2 * H)), r.normal(size=(H, 2 * H)), r.normal(size=2 * H)
    candidate = r.normal(size=(D, H)), r.normal(size=(H, H)), r.normal(size=H)
    return *gates, *candidate, r.normal(size=(N, H)), r.normal(size=(T, N, D)), r.normal(size=(N, H))


def loss(Wg, Ug, bg, Wc, Uc, bc, h0, xs, target):
    h = h0
    for x in xs:
        gates = 1 / (1 + np.exp(-(x @ Wg + h @ Ug + bg)))
        update, reset = gates[:, :3], gates[:, 3:]
        candidate = np.tanh(x @ Wc + (reset * h) @ Uc + bc)
        h = update * h + (1 - update) * candidate
    return np.mean((h - target) ** 2)


def right(Wg, Ug, bg, Wc, Uc, bc, h0, xs, target):
    def go(h, steps):
        if not len(steps):
            return 2 * (h - target) / h.size, 0, 0, 0, 0, 0, 0
        x = steps[0]
        s = 1 / (1 + np.exp(-(x @ Wg + h @ Ug + bg)))
        u, q = s[:, :3], s[:, 3:]
        k = np.tanh(x @ Wc + (q * h) @ Uc + bc)
        e, *rest = go(u * h + (1 - u) * k, steps[1:])
        a = e * (1 - u) * (1 - k**2)
        m = a @ Uc.T
        g = np.hstack([e * (h - k), m * h]) * s * (1 - s)
        here = x.T @ g, h.T @ g, g.sum(0), x.T @ a, (q * h).T @ a, a.sum(0)
        return e * u + m * q + g @ Ug.T, *(one + two for one, two in zip(here, rest))

    dh0, *others = go(h0, xs)
    return *others, dh0


class GRU:
    def __init__(self, Wg, Ug, bg, Wc, Uc, bc):
        self.params = dict(Wg=Wg, Ug=Ug, bg=bg, Wc=Wc, Uc=Uc, bc=bc)
        self.grads = {k: np.zeros_like(v) for k, v in self.params.items()}
        self.stack = []

    def step(self, x, h_prev):
        p, H = self.params, h_prev.shape[1]
        gates = 1 / (1 + np.exp(-(x @ p["Wg"] + h_prev @ p["Ug"] + p["bg"])))
        z, r = gates[:, :H], gates[:, H:]
        rh = r * h_prev
        n = np.tanh(x @ p["Wc"] + rh @ p["Uc"] + p["bc"])
        self.stack.append((x, h_prev, z, r, rh, n))
        return z * h_prev + (1 - z) * n

    def back(self, dh):
        p, g = self.params, self.grads
        x, h_prev, z, r, rh, n = self.stack.pop()
        dz = dh * (h_prev - n)
        dn = dh * (1 - z)
        dn_in = dn * (1 - n**2)
        drh = dn_in @ p["Uc"].T
        dr = drh * h_prev
        dgates_in = np.concatenate([dz * z * (1 - z), dr * r * (1 - r)], axis=1)
        g["Wc"] += x.T @ dn_in
        g["Uc"] += rh.T @ dn_in
        g["bc"] += dn_in.sum(axis=0)
        g["Wg"] += x.T @ dgates_in
        g["Ug"] += h_prev.T @ dgates_in
        g["bg"] += dgates_in.sum(axis=0)
        return dh * z + drh + dgates_in @ p["Ug"].T


def backprop(Wg, Ug, bg, Wc, Uc, bc, h0, xs, target):
    cell, h = GRU(Wg, Ug, bg, Wc, Uc, bc), h0
    for x in xs:
        h = cell.step(x, h)
    dh = 2 * (h - target) / h.size
    for _ in xs:
        dh = cell.back(dh)
    return {**cell.grads, "h0": dh}

"""The direct path to the old state is weighted with z, not with 1 - z.

expected kind: wrong-point or wrong-activation or missing-term
wrong line: 80
correction 80: dHPrev = dH * (1 - z)
what: z for 1 - z on the way to the previous state
source: https://github.com/ooples/AiDotNet/pull/722
said: A review: dH * z is used, but the equation is h = (1 - z) h_prev + z n, so the direct path is dH * (1 -
    z).
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wn", "Un"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [r.normal(size=(3, 2 + k % 2)) for k in range(6)]
    return [r.normal(size=(4, 2)), r.normal(size=(4, 3)), r.normal(size=3), *weights]


def loss(xs, ys, h0, Wz, Uz, Wr, Ur, Wn, Un):
    h, total = h0, 0.0
    for t in range(4):
        z = 1 / (1 + np.exp(-(Wz @ xs[t] + Uz @ h)))
        r = 1 / (1 + np.exp(-(Wr @ xs[t] + Ur @ h)))
        n = np.tanh(Wn @ xs[t] + Un @ (r * h))
        h = (1 - z) * h + z * n
        total = total + np.sum((h - ys[t]) ** 2)
    return total


def right(xs, ys, h0, Wz, Uz, Wr, Ur, Wn, Un):
    s = lambda v: 1 / (1 + np.exp(-v))
    h, tape = h0, []
    for x in xs:
        z, r = s(Wz @ x + Uz @ h), s(Wr @ x + Ur @ h)
        n = np.tanh(Wn @ x + Un @ (r * h))
        tape.append((x, h, z, r, n))
        h = h + z * (n - h)
    grads, dh, new = [np.zeros_like(w) for w in (Wz, Uz, Wr, Ur, Wn, Un)], 0 * h, h
    for (x, h, z, r, n), y in zip(tape[::-1], ys[::-1]):
        dh = dh + 2 * (h + z * (n - h) - y)
        dz, dn = dh * (n - h) * z * (1 - z), dh * z * (1 - n * n)
        drh = Un.T @ dn
        dr = drh * h * r * (1 - r)
        for k, (d, v) in enumerate([(dz, x), (dz, h), (dr, x), (dr, h), (dn, x), (dn, r * h)]):
            grads[k] += np.outer(d, v)
        dh = dh * (1 - z) + drh * r + Uz.T @ dz + Ur.T @ dr
    return grads


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


class GRUCell:
    def __init__(self, Wz, Uz, Wr, Ur, Wn, Un):
        self.W = {"z": Wz, "r": Wr, "n": Wn}
        self.U = {"z": Uz, "r": Ur, "n": Un}
        self.dW = {k: np.zeros_like(v) for k, v in self.W.items()}
        self.dU = {k: np.zeros_like(v) for k, v in self.U.items()}

    def step(self, x, h):
        z = sigmoid(self.W["z"] @ x + self.U["z"] @ h)
        r = sigmoid(self.W["r"] @ x + self.U["r"] @ h)
        n = np.tanh(self.W["n"] @ x + self.U["n"] @ (r * h))
        return (1 - z) * h + z * n, (x, h, z, r, n)

    def back(self, dH, saved):
        x, hPrev, z, r, n = saved
        dN = dH * z * (1 - n * n)
        dZ = dH * (n - hPrev) * z * (1 - z)
        dRH = self.U["n"].T @ dN
        dR = dRH * hPrev * r * (1 - r)
        for name, delta, state in (("n", dN, r * hPrev), ("z", dZ, hPrev), ("r", dR, hPrev)):
            self.dW[name] += np.outer(delta, x)
            self.dU[name] += np.outer(delta, state)
        dHPrev = dH * z
        dHPrev = dHPrev + dRH * r
        dHPrev = dHPrev + self.U["r"].T @ dR + self.U["z"].T @ dZ
        return dHPrev


def backprop(xs, ys, h0, Wz, Uz, Wr, Ur, Wn, Un):
    cell = GRUCell(Wz, Uz, Wr, Ur, Wn, Un)
    states, h = [], h0
    for x in xs:
        h, saved = cell.step(x, h)
        states.append((h, saved))
    dH = np.zeros_like(h0)
    for (h, saved), y in zip(states[::-1], ys[::-1]):
        dH = cell.back(dH + 2 * (h - y), saved)
    return cell.dW["z"], cell.dU["z"], cell.dW["r"], cell.dU["r"], cell.dW["n"], cell.dU["n"]

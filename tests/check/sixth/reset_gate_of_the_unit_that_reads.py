"""Reset gate of the unit that reads.

expected kind: wrong-point or wrong-axis
wrong line: 80
correction 80: g["Uh"][i, j] += dn[i] * r[j] * h[j]
what: The gradient of the candidate's matrix has the reset gate of the row's unit, where that of the column's unit
    belongs
source: https://github.com/ooples/AiDotNet/pull/722
said: the loop takes the gate r of unit h for all units j that it reads, where each h_prev[j] has to be gated by its
    own r[j]
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wh", "Uh"]


def data(seed=0):
    r = np.random.default_rng(seed)
    params = [0.6 * r.normal(size=(3, n)) for n in (2, 3) * 3]
    return *params, r.normal(size=(5, 2)), r.normal(size=3)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(Wz, Uz, Wr, Ur, Wh, Uh, xs, goal):
    h = np.zeros(3)
    for x in xs:
        z, r = sigmoid(Wz @ x + Uz @ h), sigmoid(Wr @ x + Ur @ h)
        h = (1 - z) * h + z * np.tanh(Wh @ x + Uh @ (r * h))
    return 0.5 * np.sum((h - goal) ** 2)


def right(Wz, Uz, Wr, Ur, Wh, Uh, xs, goal):
    steps, h = [], np.zeros(3)
    for x in xs:
        z, r = sigmoid(Wz @ x + Uz @ h), sigmoid(Wr @ x + Ur @ h)
        c = np.tanh(Wh @ x + Uh @ (r * h))
        steps.append((x, h, z, r, c))
        h = (1 - z) * h + z * c
    d, g = h - goal, {}
    for x, h, z, r, c in reversed(steps):
        ac = d * z * (1 - c * c)
        back = Uh.T @ ac
        az = d * (c - h) * z * (1 - z)
        ar = back * h * r * (1 - r)
        for name, a, inp in (("z", az, h), ("r", ar, h), ("h", ac, r * h)):
            g["W" + name] = g.get("W" + name, 0) + np.outer(a, x)
            g["U" + name] = g.get("U" + name, 0) + np.outer(a, inp)
        d = d * (1 - z) + back * r + Uz.T @ az + Ur.T @ ar
    return tuple(g[n] for n in PARAMETERS)


class GRUCell:
    def __init__(self, **params):
        self.p = params
        self.g = {name: np.zeros_like(value) for name, value in params.items()}
        self.cache = []

    def forward(self, x, h):
        p = self.p
        z = sigmoid(p["Wz"] @ x + p["Uz"] @ h)
        r = sigmoid(p["Wr"] @ x + p["Ur"] @ h)
        n = np.tanh(p["Wh"] @ x + p["Uh"] @ (r * h))
        self.cache.append((x, h, z, r, n))
        return (1 - z) * h + z * n

    def backward(self, dh):
        p, g = self.p, self.g
        x, h, z, r, n = self.cache.pop()
        dn = dh * z * (1 - n**2)
        dz = dh * (n - h) * z * (1 - z)
        drh = p["Uh"].T @ dn
        dr = drh * h * r * (1 - r)
        g["Wh"] += np.outer(dn, x)
        for i in range(len(h)):
            for j in range(len(h)):
                g["Uh"][i, j] += dn[i] * r[i] * h[j]
        g["Wz"] += np.outer(dz, x)
        g["Uz"] += np.outer(dz, h)
        g["Wr"] += np.outer(dr, x)
        g["Ur"] += np.outer(dr, h)
        return dh * (1 - z) + drh * r + p["Uz"].T @ dz + p["Ur"].T @ dr


def backprop(Wz, Uz, Wr, Ur, Wh, Uh, xs, goal):
    cell = GRUCell(Wz=Wz, Uz=Uz, Wr=Wr, Ur=Ur, Wh=Wh, Uh=Uh)
    h = np.zeros(3)
    for x in xs:
        h = cell.forward(x, h)
    dh = h - goal
    for _ in xs:
        dh = cell.backward(dh)
    return cell.g

"""Combined gruseq reset of the new and update gate not handed on.

expected kind: wrong-point or missing-factor or wrong-parameter + missing-term or detached
wrong line: 88 and 93 or 94 or 95 or 96
correction 88: a_r = dreset * self.h * self.r * (1 - self.r)
correction 93: dh = dout * self.z + a_z @ p["Uz"]
correction 94: dh += dreset * self.r + a_z @ p["Uz"]
correction 95: dh += a_r @ p["Ur"] + a_z @ p["Uz"]
correction 96: return dh + a_z @ p["Uz"]
what: The reset gate is multiplied by the state that it has reset already; what comes back through the update gate isn't handed on
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wz", "Wr", "Wh", "Uz", "Ur", "Uh", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, Us = [r.normal(size=(3, 2)) for _ in range(3)], [0.8 * r.normal(size=(3, 3)) for _ in range(3)]
    return *W, *Us, r.normal(size=(2, 3)), r.normal(size=(4, 2)), r.normal(size=(4, 2))


def loss(Wz, Wr, Wh, Uz, Ur, Uh, V, xs, ts):
    h, total = np.zeros(3), 0.0
    for x, target in zip(xs, ts):
        z = 1 / (1 + np.exp(-(Wz @ x + Uz @ h)))
        r = 1 / (1 + np.exp(-(Wr @ x + Ur @ h)))
        c = np.tanh(Wh @ x + Uh @ (r * h))
        h = z * h + (1 - z) * c
        total = total + 0.5 * np.sum((V @ h - target) ** 2)
    return total


def sigm(v):
    return 1.0 / (1.0 + np.exp(-v))


def right(Wz, Wr, Wh, Uz, Ur, Uh, V, xs, ts):
    T = len(xs)
    h, z, r, c, y = {-1: np.zeros(len(Uz))}, {}, {}, {}, {}
    for t in range(T):
        z[t] = sigm(np.dot(Wz, xs[t]) + np.dot(Uz, h[t - 1]))
        r[t] = sigm(np.dot(Wr, xs[t]) + np.dot(Ur, h[t - 1]))
        c[t] = np.tanh(np.dot(Wh, xs[t]) + np.dot(Uh, r[t] * h[t - 1]))
        h[t] = z[t] * h[t - 1] + (1 - z[t]) * c[t]
        y[t] = np.dot(V, h[t])
    dWz, dWr, dWh = np.zeros_like(Wz), np.zeros_like(Wr), np.zeros_like(Wh)
    dUz, dUr, dUh = np.zeros_like(Uz), np.zeros_like(Ur), np.zeros_like(Uh)
    dV = np.zeros_like(V)
    dhnext = np.zeros(len(Uz))
    for t in reversed(range(T)):
        dy = y[t] - ts[t]
        dV += np.outer(dy, h[t])
        dh = np.dot(V.T, dy) + dhnext
        dc = dh * (1 - z[t])
        dc_l = dc * (1 - c[t] ** 2)
        dWh += np.outer(dc_l, xs[t])
        dUh += np.outer(dc_l, r[t] * h[t - 1])
        drhp = np.dot(Uh.T, dc_l)
        dr = drhp * h[t - 1]
        dr_l = dr * r[t] * (1 - r[t])
        dWr += np.outer(dr_l, xs[t])
        dUr += np.outer(dr_l, h[t - 1])
        dz = dh * (h[t - 1] - c[t])
        dz_l = dz * z[t] * (1 - z[t])
        dWz += np.outer(dz_l, xs[t])
        dUz += np.outer(dz_l, h[t - 1])
        dhnext = dh * z[t] + drhp * r[t] + np.dot(Ur.T, dr_l) + np.dot(Uz.T, dz_l)
    return dWz, dWr, dWh, dUz, dUr, dUh, dV


class Cell:
    def __init__(self, x, h, p):
        self.x, self.h, self.p = x, h, p
        self.z = 1 / (1 + np.exp(-p["Wz"] @ x - p["Uz"] @ h))
        self.r = 1 / (1 + np.exp(-p["Wr"] @ x - p["Ur"] @ h))
        self.reset = self.r * h
        self.c = np.tanh(p["Wh"] @ x + p["Uh"] @ self.reset)
        self.out = self.c + self.z * (h - self.c)

    def backward(self, dout, grads):
        p = self.p
        a_c = dout * (1 - self.z) * (1 - self.c * self.c)
        dreset = a_c @ p["Uh"]
        a_r = dreset * self.reset * self.r * (1 - self.r)
        a_z = dout * (self.h - self.c) * self.z * (1 - self.z)
        for gate, a, state in (("z", a_z, self.h), ("r", a_r, self.h), ("h", a_c, self.reset)):
            grads["W" + gate] += a[:, None] * self.x[None, :]
            grads["U" + gate] += a[:, None] * state[None, :]
        dh = dout * self.z
        dh += dreset * self.r
        dh += a_r @ p["Ur"]
        return dh


def backprop(Wz, Wr, Wh, Uz, Ur, Uh, V, xs, ts):
    p = dict(Wz=Wz, Wr=Wr, Wh=Wh, Uz=Uz, Ur=Ur, Uh=Uh, V=V)
    grads = {k: np.zeros_like(v) for k, v in p.items()}
    cells, h = [], np.zeros(len(Uz))
    for x in xs:
        cells.append(Cell(x, h, p))
        h = cells[-1].out
    dh = np.zeros(len(Uz))
    for cell, target in zip(cells[::-1], ts[::-1]):
        error = V @ cell.out - target
        grads["V"] += np.outer(error, cell.out)
        dh = cell.backward(dh + error @ V, grads)
    return grads

"""Lighthouse reset gate hears the candidate without its bias.

expected kind: missing-term
wrong line: 99
correction 99: dr = dn * (h @ self.Un + self.cn) * r * (1 - r)
what: The reset gate multiplies the recurrent part of the candidate and its bias, but its gradient has the former only
source: https://github.com/pytorch/pytorch/pull/529
said: the formula of the new gate in the documentation of the GRU lacks a bias
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "bx", "bh", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    inputs, units, nights, ships = 2, 3, 4, 5
    Wx, Wh = r.normal(size=(inputs, 3 * units)), 0.8 * r.normal(size=(units, 3 * units))
    bx, bh = 0.5 * r.normal(size=3 * units), 0.7 * r.normal(size=3 * units)
    return Wx, Wh, bx, bh, r.normal(size=units), r.normal(size=(nights, ships, inputs)), r.normal(size=(nights, ships))


def loss(Wx, Wh, bx, bh, V, waves, beam):
    H = V.shape[0]
    h = np.zeros((waves.shape[1], H), dtype=waves.dtype)
    total = 0.0
    for t in range(waves.shape[0]):
        a, u = waves[t] @ Wx + bx, h @ Wh + bh
        r = 1 / (1 + np.exp(-(a[:, :H] + u[:, :H])))
        z = 1 / (1 + np.exp(-(a[:, H : 2 * H] + u[:, H : 2 * H])))
        n = np.tanh(a[:, 2 * H :] + r * u[:, 2 * H :])
        h = z * h + (1 - z) * n
        total = total + 0.5 * np.sum((h @ V - beam[t]) ** 2)
    return total / waves.shape[1]


def squash(a):
    return 1 / (1 + np.exp(-a))


def right(Wx, Wh, bx, bh, V, waves, beam):
    T, N, _ = waves.shape
    H = len(V)
    h = np.zeros((N, H))
    kept = []
    for t in range(T):
        gx = waves[t] @ Wx + bx
        gh = h @ Wh + bh
        r = squash(gx[:, :H] + gh[:, :H])
        z = squash(gx[:, H : 2 * H] + gh[:, H : 2 * H])
        n = np.tanh(gx[:, 2 * H :] + r * gh[:, 2 * H :])
        new = z * h + (1 - z) * n
        kept.append((h, r, z, n, gh[:, 2 * H :], new))
        h = new
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    dbx, dbh, dV = np.zeros_like(bx), np.zeros_like(bh), np.zeros_like(V)
    dh = np.zeros((N, H))
    for t in reversed(range(T)):
        h_old, r, z, n, heard, h = kept[t]
        err = (h @ V - beam[t]) / N
        dV += h.T @ err
        dh += np.outer(err, V)
        dn = dh * (1 - z) * (1 - n**2)
        dz = dh * (h_old - n) * z * (1 - z)
        dr = dn * heard * r * (1 - r)
        dgx = np.hstack([dr, dz, dn])
        dgh = np.hstack([dr, dz, dn * r])
        dWx += waves[t].T @ dgx
        dWh += h_old.T @ dgh
        dbx += dgx.sum(axis=0)
        dbh += dgh.sum(axis=0)
        dh = dh * z + dgh @ Wh.T
    return dWx, dWh, dbx, dbh, dV


class Keeper:
    """One gated unit for one ship; remembers what it has seen."""

    def __init__(self, Wx, Wh, bx, bh):
        cut = lambda M: np.split(M, 3, axis=-1)
        (self.Wr, self.Wz, self.Wn), (self.Ur, self.Uz, self.Un) = cut(Wx), cut(Wh)
        (self.br, self.bz, self.bn), (self.cr, self.cz, self.cn) = cut(bx), cut(bh)
        self.grads = [np.zeros(M.shape) for M in (Wx, Wh, bx, bh)]
        self.tape = []

    def step(self, x, h):
        logistic = lambda a: 1 / (1 + np.exp(-a))
        r = logistic(x @ self.Wr + self.br + h @ self.Ur + self.cr)
        z = logistic(x @ self.Wz + self.bz + h @ self.Uz + self.cz)
        n = np.tanh(x @ self.Wn + self.bn + r * (h @ self.Un + self.cn))
        self.tape.append((x, h, r, z, n))
        return n + z * (h - n)

    def back(self, dh):
        x, h, r, z, n = self.tape.pop()
        dz = dh * (h - n) * z * (1 - z)
        dn = dh * (1 - z) * (1 - n * n)
        dr = dn * (h @ self.Un) * r * (1 - r)
        outer, inner = np.concatenate([dr, dz, dn]), np.concatenate([dr, dz, r * dn])
        for g, more in zip(self.grads, (np.outer(x, outer), np.outer(h, inner), outer, inner)):
            g += more
        return dh * z + self.Ur @ dr + self.Uz @ dz + self.Un @ (r * dn)


def backprop(Wx, Wh, bx, bh, V, waves, beam):
    keeper = Keeper(Wx, Wh, bx, bh)
    ships = waves.shape[1]
    dV = np.zeros(V.shape)
    for s in range(ships):
        h, states = np.zeros(V.shape), []
        for x in waves[:, s]:
            h = keeper.step(x, h)
            states.append(h)
        dh = np.zeros(V.shape)
        for t in range(len(states) - 1, -1, -1):
            miss = (states[t] @ V - beam[t, s]) / ships
            dV += miss * states[t]
            dh = keeper.back(dh + miss * V)
    return (*keeper.grads, dV)

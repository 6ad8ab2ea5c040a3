"""Memorycell update gate with the old session.

expected kind: wrong-point or wrong-mask
wrong line: 101
correction 101: dz = dh * (n - h_s) * z * (1 - z)
what: The update gate is held against the state from before the session began, not the one that was reset
source: https://github.com/mquad/hgru4rec/issues/11
said: the state that was reset is computed, but the last formula of the cell goes on with the old one
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "bz", "Wr", "Ur", "br", "Wn", "Un", "bn", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    gates = [0.7 * r.normal(size=s) for _ in range(3) for s in [(2, 3), (3, 3), (3,)]]
    starts = np.array([[False, True, False, False], [False, False, True, False], [True, False, False, False]])
    return *gates, r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=(3, 4, 2)), starts, np.array([1, 0, 0, 1])


def loss(Wz, Uz, bz, Wr, Ur, br, Wn, Un, bn, v, h0, x, starts, clicked):
    h = h0
    for t in range(len(x)):
        s = np.where(starts[t][:, None], 0.0, h)
        z = 1 / (1 + np.exp(-(x[t] @ Wz + s @ Uz + bz)))
        r = 1 / (1 + np.exp(-(x[t] @ Wr + s @ Ur + br)))
        n = np.tanh(x[t] @ Wn + (r * s) @ Un + bn)
        h = (1 - z) * s + z * n
    return np.mean(np.log(1 + np.exp((1 - 2 * clicked) * (h @ v))))


class GRU:
    """Keeps what each step needs on a stack."""

    def __init__(self, update, reset, new):
        self.update, self.reset, self.new = update, reset, new
        self.grads = [[np.zeros_like(p) for p in gate] for gate in (update, reset, new)]
        self.stack = []

    def step(self, x, h):
        (Wz, Uz, bz), (Wr, Ur, br), (Wn, Un, bn) = self.update, self.reset, self.new
        z = 1 / (1 + np.exp(-(x.dot(Wz) + h.dot(Uz) + bz)))
        r = 1 / (1 + np.exp(-(x.dot(Wr) + h.dot(Ur) + br)))
        n = np.tanh(x.dot(Wn) + (r * h).dot(Un) + bn)
        self.stack.append((x, h, z, r, n))
        return h - z * h + z * n

    def step_back(self, dh_next):
        x, h, z, r, n = self.stack.pop()
        d_update = dh_next * (n - h)
        d_new = dh_next * z
        dh = dh_next * (1 - z)
        d_new *= 1 - n * n
        d_update *= z * (1 - z)
        d_rh = d_new.dot(self.new[1].T)
        d_reset = d_rh * h * r * (1 - r)
        dh += d_rh * r
        for k, (d, state) in enumerate([(d_update, h), (d_reset, h), (d_new, r * h)]):
            self.grads[k][0] += x.T.dot(d)
            self.grads[k][1] += state.T.dot(d)
            self.grads[k][2] += d.sum(axis=0)
        return dh + d_update.dot(self.update[1].T) + d_reset.dot(self.reset[1].T)


def right(Wz, Uz, bz, Wr, Ur, br, Wn, Un, bn, v, h0, x, starts, clicked):
    cell, h = GRU((Wz, Uz, bz), (Wr, Ur, br), (Wn, Un, bn)), h0
    for t in range(len(x)):
        h = cell.step(x[t], np.where(starts[t][:, None], 0, h))
    p = 1 / (1 + np.exp(-h.dot(v)))
    d = (p - clicked) / p.size
    dv, dh = d.dot(h), d[:, None] * v
    for t in range(len(x) - 1, -1, -1):
        dh = np.where(starts[t][:, None], 0, cell.step_back(dh))
    return [grad for gate in cell.grads for grad in gate] + [dv]


def sigm(a):
    return 1.0 / (1.0 + np.exp(-a))


def backprop(Wz, Uz, bz, Wr, Ur, br, Wn, Un, bn, v, h0, x, starts, clicked):
    steps, h = [], h0
    for xt, start in zip(x, starts):
        h_prev = h
        h_s = h_prev * (1 - start[:, None])  # a new session begins with zeros
        z = sigm(xt @ Wz + h_s @ Uz + bz)
        r = sigm(xt @ Wr + h_s @ Ur + br)
        n = np.tanh(xt @ Wn + (r * h_s) @ Un + bn)
        h = (1 - z) * h_s + z * n
        steps.append((xt, start, h_prev, h_s, z, r, n))

    dlogit = (sigm(h @ v) - clicked) / len(clicked)
    g = {"v": h.T @ dlogit}
    for name, like in [("Wz", Wz), ("Uz", Uz), ("bz", bz), ("Wr", Wr), ("Ur", Ur), ("br", br), ("Wn", Wn), ("Un", Un), ("bn", bn)]:
        g[name] = np.zeros(like.shape)
    dh = np.outer(dlogit, v)
    for xt, start, h_prev, h_s, z, r, n in steps[::-1]:
        dn = dh * z * (1 - n**2)
        dz = dh * (n - h_prev) * z * (1 - z)
        drh = dn @ Un.T
        dr = drh * h_s * r * (1 - r)
        g["Wz"] += xt.T @ dz
        g["Uz"] += h_s.T @ dz
        g["bz"] += dz.sum(axis=0)
        g["Wr"] += xt.T @ dr
        g["Ur"] += h_s.T @ dr
        g["br"] += dr.sum(axis=0)
        g["Wn"] += xt.T @ dn
        g["Un"] += (r * h_s).T @ dn
        g["bn"] += dn.sum(axis=0)
        dh_s = dh * (1 - z) + drh * r + dz @ Uz.T + dr @ Ur.T
        dh = dh_s * (1 - start[:, None])
    return g

"""Gru candidate not gated on the way back.

expected kind: missing-factor
wrong line: 87 or 89
correction 87: dh_fhh = drhp * r
correction 89: return dh_fz_inner + dh_fz + dh_fhh * r + dh_fr
what: What the candidate sends to the state before it does not pass the reset gate
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wh", "Uh"]


def data(seed=0):
    r = np.random.default_rng(seed)
    p = [r.normal(size=(3, k)) * 0.8 for k in (2, 3, 2, 3, 2, 3)]
    return *p, r.normal(size=(5, 2)), r.normal(size=3)


def loss(Wz, Uz, Wr, Ur, Wh, Uh, xs, target):
    s = lambda v: 1 / (1 + np.exp(-v))
    h = np.zeros(3)
    for x in xs:
        z = s(Wz @ x + Uz @ h)
        r = s(Wr @ x + Ur @ h)
        h = (1 - z) * h + z * np.tanh(Wh @ x + Uh @ (r * h))
    return np.sum((h - target) ** 2)


def right(Wz, Uz, Wr, Ur, Wh, Uh, xs, target):
    s = lambda v: 1 / (1 + np.exp(-v))
    h, tape = np.zeros(3), []
    for x in xs:
        z, r = s(Wz @ x + Uz @ h), s(Wr @ x + Ur @ h)
        c = np.tanh(Wh @ x + Uh @ (r * h))
        tape.append((x, h, z, r, c))
        h = h + z * (c - h)
    g = 2 * (h - target)
    out = [np.zeros_like(a) for a in (Wz, Uz, Wr, Ur, Wh, Uh)]
    for x, h, z, r, c in reversed(tape):
        az, ac = g * (c - h) * z * (1 - z), g * z * (1 - c * c)
        back = Uh.T @ ac
        ar = back * h * r * (1 - r)
        for grad, left, with_ in zip(out, (az, az, ar, ar, ac, ac), (x, h, x, h, x, r * h)):
            grad += np.outer(left, with_)
        g = g * (1 - z) + back * r + Uz.T @ az + Ur.T @ ar
    return out


class GRU:
    def __init__(self, **params):
        self.p = params
        self.g = {k: np.zeros_like(v) for k, v in params.items()}
        self.cache = []

    @staticmethod
    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def step(self, x, h_prev):
        p = self.p
        z = self.sigmoid(p["Wz"].dot(x) + p["Uz"].dot(h_prev))
        r = self.sigmoid(p["Wr"].dot(x) + p["Ur"].dot(h_prev))
        h_hat = np.tanh(p["Wh"].dot(x) + p["Uh"].dot(r * h_prev))
        self.cache.append((x, h_prev, z, r, h_hat))
        return z * h_hat + (1 - z) * h_prev

    def step_back(self, dh):
        x, h_prev, z, r, h_hat = self.cache.pop()
        p, g = self.p, self.g
        dh_hat = dh * z
        dh_hat_l = dh_hat * (1 - h_hat**2)
        g["Wh"] += np.outer(dh_hat_l, x)
        g["Uh"] += np.outer(dh_hat_l, r * h_prev)
        drhp = p["Uh"].T.dot(dh_hat_l)
        dr_l = drhp * h_prev * r * (1 - r)
        g["Wr"] += np.outer(dr_l, x)
        g["Ur"] += np.outer(dr_l, h_prev)
        dz_l = dh * (h_hat - h_prev) * z * (1 - z)
        g["Wz"] += np.outer(dz_l, x)
        g["Uz"] += np.outer(dz_l, h_prev)
        dh_fz_inner = p["Uz"].T.dot(dz_l)
        dh_fz = dh * (1 - z)
        dh_fhh = drhp
        dh_fr = p["Ur"].T.dot(dr_l)
        return dh_fz_inner + dh_fz + dh_fhh + dh_fr


def backprop(Wz, Uz, Wr, Ur, Wh, Uh, xs, target):
    net = GRU(Wz=Wz, Uz=Uz, Wr=Wr, Ur=Ur, Wh=Wh, Uh=Uh)
    h = np.zeros(3)
    for x in xs:
        h = net.step(x, h)
    dh = 2 * (h - target)
    while net.cache:
        dh = net.step_back(dh)
    return net.g

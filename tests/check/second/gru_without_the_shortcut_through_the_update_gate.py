"""Gru without the shortcut through the update gate.

expected kind: missing-term
wrong line: 76
correction 76: dh = dh * z + drh * r + Wz[2:].dot(dz_raw) + Wr[2:].dot(dr_raw)
what: What the update gate lets through unchanged is left out of the gradient of the state before
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wz", "Wr", "Wn"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return *[0.7 * r.normal(size=(5, 3)) for _ in range(3)], r.normal(size=(4, 2)), r.normal(size=3)


def loss(Wz, Wr, Wn, xs, t):
    h = np.zeros(3)
    for x in xs:
        v = np.concatenate([x, h])
        z = 1 / (1 + np.exp(-(v @ Wz)))
        r = 1 / (1 + np.exp(-(v @ Wr)))
        n = np.tanh(np.concatenate([x, r * h]) @ Wn)
        h = z * h + (1 - z) * n
    return 0.5 * np.sum((h - t) ** 2)


def right(Wz, Wr, Wn, xs, t):
    h, past = np.zeros(3), []
    for x in xs:
        v = np.r_[x, h]
        z, r = 1 / (1 + np.exp(-v @ Wz)), 1 / (1 + np.exp(-v @ Wr))
        u = np.r_[x, r * h]
        n = np.tanh(u @ Wn)
        past.append((h, v, u, z, r, n))
        h = z * h + (1 - z) * n
    G, d = [0 * Wz, 0 * Wr, 0 * Wn], h - t
    for h, v, u, z, r, n in reversed(past):
        az, an = d * (h - n) * z * (1 - z), d * (1 - z) * (1 - n * n)
        du = Wn[2:] @ an
        ar = du * h * r * (1 - r)
        G = [G[0] + np.outer(v, az), G[1] + np.outer(v, ar), G[2] + np.outer(u, an)]
        d = d * z + du * r + Wz[2:] @ az + Wr[2:] @ ar
    return G


def sigm(a):
    return 1.0 / (1.0 + np.exp(-a))


def backprop(Wz, Wr, Wn, xs, t):
    hs, zs, rs, ns = [np.zeros(3)], [], [], []
    for x in xs:
        prev = hs[-1]
        cat = np.concatenate((x, prev))
        zs.append(sigm(cat.dot(Wz)))
        rs.append(sigm(cat.dot(Wr)))
        ns.append(np.tanh(np.concatenate((x, rs[-1] * prev)).dot(Wn)))
        hs.append(zs[-1] * prev + (1 - zs[-1]) * ns[-1])
    grads = {"Wz": np.zeros_like(Wz), "Wr": np.zeros_like(Wr), "Wn": np.zeros_like(Wn)}
    dh = hs[-1] - t
    for k in range(len(xs) - 1, -1, -1):
        x, prev, z, r, n = xs[k], hs[k], zs[k], rs[k], ns[k]
        cat = np.concatenate((x, prev))
        dn_raw = dh * (1 - z) * (1 - n**2)
        dz_raw = dh * (prev - n) * z * (1 - z)
        grads["Wn"] += np.outer(np.concatenate((x, r * prev)), dn_raw)
        drh = Wn[2:].dot(dn_raw)
        dr_raw = drh * prev * r * (1 - r)
        grads["Wz"] += np.outer(cat, dz_raw)
        grads["Wr"] += np.outer(cat, dr_raw)
        dh = drh * r + Wz[2:].dot(dz_raw) + Wr[2:].dot(dr_raw)
    return grads

"""Combined gru slope and reset.

expected kind: wrong-activation + missing-factor
wrong line: 63 and 68
correction 63: dn = dh * z * dtanh(n)
correction 68: dh_prev += drh * r
what: The candidate of a GRU is a tanh and gets the slope of a sigmoid; the reset gate is left out on the way to the
    state before
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Uz", "Ur", "Un"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(3, 3)), g.normal(size=(3, 3)), g.normal(size=(3, 3)), g.normal(size=(4, 3)), g.normal(size=3)


def loss(Uz, Ur, Un, xs, y):
    h = np.ones(3) * 0.1
    for x in xs:
        z = 1 / (1 + np.exp(-(x + Uz @ h)))
        r = 1 / (1 + np.exp(-(x + Ur @ h)))
        n = np.tanh(x + Un @ (r * h))
        h = (1 - z) * h + z * n
    return np.sum((h - y) ** 2)


def right(Uz, Ur, Un, xs, y):
    h, log = np.full(3, 0.1), []
    for x in xs:
        z, r = 1 / (1 + np.exp(-x - Uz @ h)), 1 / (1 + np.exp(-x - Ur @ h))
        n = np.tanh(x + Un @ (r * h))
        log.append((h, z, r, n))
        h = h + z * (n - h)
    d, Gz, Gr, Gn = 2 * (h - y), 0 * Uz, 0 * Ur, 0 * Un
    for h, z, r, n in log[::-1]:
        an, az = d * z * (1 - n * n), d * (n - h) * z * (1 - z)
        m = Un.T @ an
        ar = m * h * r * (1 - r)
        Gz, Gr, Gn = Gz + np.outer(az, h), Gr + np.outer(ar, h), Gn + np.outer(an, r * h)
        d = d * (1 - z) + m * r + Uz.T @ az + Ur.T @ ar
    return Gz, Gr, Gn


sig = lambda v: 1 / (1 + np.exp(-v))
dsig = lambda s: s * (1 - s)
dtanh = lambda t: 1 - t * t


def gru_cell(x, h, Uz, Ur, Un):
    z, r = sig(x + Uz.dot(h)), sig(x + Ur.dot(h))
    n = np.tanh(x + Un.dot(r * h))
    return (1 - z) * h + z * n, (h, z, r, n)


def gru_cell_back(dh, cache, Uz, Ur, Un):
    h, z, r, n = cache
    dn = dh * z * dsig(n)
    drh = Un.T.dot(dn)
    dz = dh * (n - h) * dsig(z)
    dr = drh * h * dsig(r)
    dh_prev = dh * (1 - z)
    dh_prev += drh
    dh_prev += Uz.T.dot(dz)
    dh_prev += Ur.T.dot(dr)
    return dh_prev, np.outer(dz, h), np.outer(dr, h), np.outer(dn, r * h)


def backprop(Uz, Ur, Un, xs, y):
    h, caches = 0.1 * np.ones(3), []
    for x in xs:
        h, cache = gru_cell(x, h, Uz, Ur, Un)
        caches.append(cache)
    dUz, dUr, dUn = np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
    dh = 2 * (h - y)
    for cache in caches[::-1]:
        dh, gz, gr, gn = gru_cell_back(dh, cache, Uz, Ur, Un)
        dUz += gz
        dUr += gr
        dUn += gn
    return dUz, dUr, dUn

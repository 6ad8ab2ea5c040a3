"""Otter length not squared for the dens.

expected kind: missing-factor
wrong line: 69
correction 69: dZ = np.einsum("nm,nmd->md", A, diff) / ell**2
what: The slope of the kernel by a position is divided by the length, and not by its square
source: https://github.com/sarmueller/gibo/pull/4
said: the lengthscales hadn't been squared
"""

import numpy as np

PARAMETERS = ["Z", "w", "ell"]
RIDGE = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight places by the river, four dens, and how many otters were seen
    places, dens = r.normal(size=(8, 2)), r.normal(size=(4, 2))
    return dens, r.normal(size=4), r.uniform(0.6, 1.7, size=2), places, r.normal(size=8)


def loss(Z, w, ell, places, seen):
    apart = (places[:, None, :] - Z[None, :, :]) / ell
    guess = np.exp(-0.5 * np.sum(apart**2, axis=2)) @ w
    return 0.5 * np.mean((guess - seen) ** 2) + 0.5 * RIDGE * np.sum(w**2)


def bump(x, z, ell):
    total = 0.0
    for xd, zd, l in zip(x, z, ell):
        total += ((xd - zd) / l) ** 2
    return np.exp(-total / 2)


def right(Z, w, ell, places, seen):
    n, (M, D) = len(places), Z.shape
    gZ, gw, gell = np.zeros((M, D)), np.zeros(M), np.zeros(D)
    for x, y in zip(places, seen):
        phi = [bump(x, z, ell) for z in Z]
        guess = sum(wm * f for wm, f in zip(w, phi))
        e = guess - y
        for m in range(M):
            gw[m] += e * phi[m] / n
            for d in range(D):
                far = x[d] - Z[m, d]
                slope = e * w[m] * phi[m] / n
                gZ[m, d] += slope * far / ell[d] ** 2
                gell[d] += slope * far**2 / ell[d] ** 3
    for m in range(M):
        gw[m] += RIDGE * w[m]
    return {"Z": gZ, "w": gw, "ell": gell}


def kernel(X, Z, ell):
    diff = X[:, None, :] - Z[None, :, :]
    sq = np.einsum("nmd,d->nm", diff**2, 1 / ell**2)
    return np.exp(-sq / 2), diff


def backprop(Z, w, ell, places, seen):
    K, diff = kernel(places, Z, ell)
    err = (K @ w - seen) / len(seen)
    dw = K.T @ err + RIDGE * w
    dK = np.einsum("n,m->nm", err, w)
    A = dK * K
    # k(x, z) = exp(-1/2 sum (x - z)^2 / ell^2)
    dZ = np.einsum("nm,nmd->md", A, diff) / ell
    dell = np.einsum("nm,nmd->d", A, diff**2) / ell**3
    return dZ, dw, dell

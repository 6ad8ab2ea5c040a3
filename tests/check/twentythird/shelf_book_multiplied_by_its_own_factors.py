"""Shelf book multiplied by its own factors.

expected kind: wrong-parameter
wrong line: 78
correction 78: dQ[i, f] += g * puf
what: The factors of a book get the error times themselves, not times those of the reader
source: https://github.com/chyikwei/recommend/issues/12
said: the gradients of the user and of the item aren't the same, asks somebody, so why does the code have the same factors in both; then mended
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi", "mu"]
LOW, SPAN, LAM = 1.0, 4.0, 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    P, Q, bu, bi = 0.8 * r.normal(size=(4, 3)), 0.8 * r.normal(size=(5, 3)), 0.5 * r.normal(size=4), 0.5 * r.normal(size=5)
    readers, books = np.array([0, 0, 1, 1, 1, 2, 3, 3]), np.array([1, 4, 0, 2, 4, 1, 3, 2])
    return P, Q, bu, bi, r.normal(size=1), readers, books, r.uniform(1, 5, size=8)


def loss(P, Q, bu, bi, mu, readers, books, stars):
    p, q = P[readers], Q[books]
    score = mu + bu[readers] + bi[books] + np.sum(p * q, axis=1)
    estimate = LOW + SPAN / (1 + np.exp(-score))
    penalty = np.sum(p**2, axis=1) + np.sum(q**2, axis=1) + bu[readers] ** 2 + bi[books] ** 2
    return np.mean((estimate - stars) ** 2 + LAM * penalty)


def scatter(index, values, size):
    out = np.zeros((size,) + values.shape[1:])
    np.add.at(out, index, values)
    return out


def right(P, Q, bu, bi, mu, readers, books, stars):
    n = stars.size
    p, q = P[readers], Q[books]
    score = np.einsum("nf,nf->n", p, q)
    score += bu[readers] + bi[books] + mu
    squashed = 1 / (1 + np.exp(-score))
    miss = LOW + SPAN * squashed - stars
    slope = SPAN * (squashed - squashed**2)
    g = 2 / n * miss * slope
    shrink = 2 / n * LAM
    return {
        "P": scatter(readers, g[:, None] * q + shrink * p, len(P)),
        "Q": scatter(books, g[:, None] * p + shrink * q, len(Q)),
        "bu": scatter(readers, g + shrink * bu[readers], len(bu)),
        "bi": scatter(books, g + shrink * bi[books], len(bi)),
        "mu": np.array([g.sum()]),
    }


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def backprop(P, Q, bu, bi, mu, readers, books, stars):
    """One rating after the other, as stochastic descent would do it, but without a step."""
    dP, dQ, dbu, dbi, dmu = (np.zeros_like(value) for value in (P, Q, bu, bi, mu))
    n = len(stars)
    for u, i, r in zip(readers, books, stars):
        dot = 0.0
        for f in range(P.shape[1]):
            dot += P[u, f] * Q[i, f]
        s = sigmoid(mu[0] + bu[u] + bi[i] + dot)
        err = LOW + SPAN * s - r
        g = 2 * err * SPAN * s * (1 - s) / n
        dmu[0] += g
        dbu[u] += g + 2 * LAM * bu[u] / n
        dbi[i] += g + 2 * LAM * bi[i] / n
        for f in range(P.shape[1]):
            puf, qif = P[u, f], Q[i, f]
            dP[u, f] += g * qif
            dQ[i, f] += g * qif
            dP[u, f] += 2 * LAM * puf / n
            dQ[i, f] += 2 * LAM * qif / n
    return dP, dQ, dbu, dbi, dmu

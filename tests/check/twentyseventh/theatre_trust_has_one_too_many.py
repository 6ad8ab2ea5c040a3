"""Theatre trust has one too many.

expected kind: repeated-term or another-loss
wrong line: 70
correction 70: dtold += 2 * (trust - 1) * miss
what: The part for all plays is there already; that for visited plays should have the trust less one
source: https://github.com/MrChrisJohnson/implicit-mf/issues/1
said: the matrix of confidences would agree with the paper if the identity were subtracted from it
"""

import numpy as np

PARAMETERS = ["P", "Q", "Y", "bu", "bi"]
ALPHA, LAM = 0.7, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    visits = r.poisson(1.0, size=(4, 5)) * 1.0
    visits[:, 0] += np.array([1, 0, 2, 1])
    visits[1, 3:] += 2
    P, Q, Y = r.normal(size=(4, 3)), r.normal(size=(5, 3)), r.normal(size=(5, 3))
    return P, Q, Y, 0.5 * r.normal(size=4), 0.5 * r.normal(size=5), visits


def loss(P, Q, Y, bu, bi, visits):
    seen = np.where(visits > 0, 1.0, 0.0)
    taste = P + seen @ Y / np.sqrt(np.sum(seen, axis=1, keepdims=True))
    told = bu[:, None] + bi + taste @ Q.T
    trust = 1 + ALPHA * visits
    return np.sum(trust * (seen - told) ** 2) + LAM * (np.sum(P**2) + np.sum(Q**2) + np.sum(Y**2))


def guest_by_guest(P, Q, Y, bu, bi, visits):
    """Yield the number of a guest, what he has seen, his taste, and the slopes of his errors."""
    for u, row in enumerate(visits):
        plays = [i for i, times in enumerate(row) if times > 0]
        taste = P[u] + sum(Y[j] for j in plays) / len(plays) ** 0.5
        slopes = []
        for i, times in enumerate(row):
            error = bu[u] + bi[i] + taste @ Q[i] - (i in plays)
            slopes.append(2 * (1 + ALPHA * times) * error)
        yield u, plays, taste, slopes


def right(P, Q, Y, bu, bi, visits):
    g = {"P": 2 * LAM * P, "Q": 2 * LAM * Q, "Y": 2 * LAM * Y}
    g["bu"], g["bi"] = np.zeros_like(bu), np.zeros_like(bi)
    for u, plays, taste, slopes in guest_by_guest(P, Q, Y, bu, bi, visits):
        to_taste = np.zeros_like(taste)
        for i, slope in enumerate(slopes):
            g["bu"][u] += slope
            g["bi"][i] += slope
            g["Q"][i] += slope * taste
            to_taste += slope * Q[i]
        g["P"][u] += to_taste
        for j in plays:
            g["Y"][j] += to_taste / len(plays) ** 0.5
    return g


def backprop(P, Q, Y, bu, bi, visits):
    seen = 1.0 * (visits > 0)
    norm = 1 / np.sqrt(seen.sum(axis=1))
    taste = P + norm[:, None] * (seen @ Y)
    miss = taste @ Q.T + bi + bu[:, None] - seen
    # everything counts once, and what was visited some more
    trust = 1 + ALPHA * visits
    dtold = 2 * miss
    dtold += 2 * trust * miss
    dtaste = dtold @ Q
    dP = dtaste + 2 * LAM * P
    dQ = dtold.T @ taste + 2 * LAM * Q
    dY = seen.T @ (dtaste * norm[:, None]) + 2 * LAM * Y
    return dP, dQ, dY, dtold.sum(axis=1), dtold.sum(axis=0)

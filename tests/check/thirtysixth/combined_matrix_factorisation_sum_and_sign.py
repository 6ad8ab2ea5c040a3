"""Matrix factorisation with biases, with two mistakes.

expected kind: sign + missing-sum or missing-term
wrong line: 44 and 45
correction 44: gbi[i] += -2 * e + 2 * lam * bi[i]
correction 45: gP[u] += -2 * e * Q[i] + 2 * lam * P[u]
what: the penalty of the items' biases is subtracted, and a user's factors get the gradient of the last rating only
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

lam = 0.1

def loss(P, Q, bu, bi, ratings):
    total = 0.0
    for u, i, r in ratings:
        u, i = int(u), int(i)
        e = r - (3.0 + bu[u] + bi[i] + P[u] @ Q[i])
        total += e ** 2 + lam * (P[u] @ P[u] + Q[i] @ Q[i] + bu[u] ** 2 + bi[i] ** 2)
    return total


def right(P, Q, bu, bi, ratings):
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    gbu, gbi = np.zeros_like(bu), np.zeros_like(bi)
    for u, i, r in ratings:
        u, i = int(u), int(i)
        e = r - (3.0 + bu[u] + bi[i] + P[u] @ Q[i])
        gbu[u] += -2 * e + 2 * lam * bu[u]
        gbi[i] += -2 * e + 2 * lam * bi[i]
        gP[u] += -2 * e * Q[i] + 2 * lam * P[u]
        gQ[i] += -2 * e * P[u] + 2 * lam * Q[i]
    return gP, gQ, gbu, gbi


def backprop(P, Q, bu, bi, ratings):
    gP, gQ = np.zeros_like(P), np.zeros_like(Q)
    gbu, gbi = np.zeros_like(bu), np.zeros_like(bi)
    for u, i, r in ratings:
        u, i = int(u), int(i)
        e = r - (3.0 + bu[u] + bi[i] + P[u] @ Q[i])
        gbu[u] += -2 * e + 2 * lam * bu[u]
        gbi[i] += -2 * e - 2 * lam * bi[i]
        gP[u] = -2 * e * Q[i] + 2 * lam * P[u]
        gQ[i] += -2 * e * P[u] + 2 * lam * Q[i]
    return gP, gQ, gbu, gbi


PARAMETERS = ["P", "Q", "bu", "bi"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    seen = [(u, i) for u in range(4) for i in range(5) if (u + 2 * i) % 3]
    ratings = np.array([(u, i, rng.integers(1, 6)) for u, i in seen], dtype=float)
    return [rng.normal(size=(4, 2)), rng.normal(size=(5, 2)), rng.normal(size=4), rng.normal(size=5), ratings]

"""Matrix factorisation with biases around the mean of all ratings.

expected kind: missing-term or another-loss
wrong line: 43 or 44
correction 43: prediction = mu + bu[u] + bi[i] + np.dot(P[u], Q[i])
correction 44: err = r - mu - prediction
what: the derivation's prediction is made of the biases and the factors, without the ratings' mean
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

LAM = 0.1


def loss(ratings, P, Q, bu, bi):
    mean = np.mean([r for _, _, r in ratings])
    total = LAM * (np.sum(P ** 2) + np.sum(Q ** 2) + np.sum(bu ** 2) + np.sum(bi ** 2))
    for u, i, r in ratings:
        total += (r - mean - bu[int(u)] - bi[int(i)] - P[int(u)] @ Q[int(i)]) ** 2
    return total


def right(ratings, P, Q, bu, bi):
    mu = np.mean(ratings[:, 2])
    gP, gQ, gbu, gbi = 2 * LAM * P, 2 * LAM * Q, 2 * LAM * bu, 2 * LAM * bi
    for u, i, r in ratings:
        u, i = int(u), int(i)
        prediction = mu + bu[u] + bi[i] + np.dot(P[u], Q[i])
        err = r - prediction
        gbu[u] -= 2 * err
        gbi[i] -= 2 * err
        gP[u] -= 2 * err * Q[i]
        gQ[i] -= 2 * err * P[u]
    return gP, gQ, gbu, gbi


def backprop(ratings, P, Q, bu, bi):
    mu = np.mean(ratings[:, 2])
    gP, gQ, gbu, gbi = 2 * LAM * P, 2 * LAM * Q, 2 * LAM * bu, 2 * LAM * bi
    for u, i, r in ratings:
        u, i = int(u), int(i)
        prediction = bu[u] + bi[i] + np.dot(P[u], Q[i])
        err = r - prediction
        gbu[u] -= 2 * err
        gbi[i] -= 2 * err
        gP[u] -= 2 * err * Q[i]
        gQ[i] -= 2 * err * P[u]
    return gP, gQ, gbu, gbi


PARAMETERS = ["P", "Q", "bu", "bi"]


def data(seed=0):
    r = np.random.default_rng(seed)
    ratings = np.stack((r.integers(4, size=9), r.integers(5, size=9), r.integers(1, 6, size=9)), axis=1) * 1.0
    return [ratings, r.normal(size=(4, 2)), r.normal(size=(5, 2)), r.normal(size=4), r.normal(size=5)]

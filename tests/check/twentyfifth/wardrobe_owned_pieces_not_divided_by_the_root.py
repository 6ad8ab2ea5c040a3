"""Wardrobe owned pieces not divided by the root.

expected kind: missing-factor
wrong line: 71
correction 71: d["Y"][j] += error * Q[i] / root
what: The pieces that are owned get the whole gradient, not divided by the root of their number
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "Q", "Y", "bu", "bi"]
MEAN, LAMBDA = 2.5, 0.15


def data(seed=0):
    r = np.random.default_rng(seed)
    P, Q, Y = r.normal(size=(3, 2)), r.normal(size=(5, 2)), r.normal(size=(5, 2))
    who, what = np.array([0, 0, 1, 1, 1, 2, 2, 2]), np.array([0, 2, 1, 3, 4, 0, 1, 3])
    # what is owned says something too, whether it is liked or not
    owned = np.array([[1, 0, 1, 0, 0], [0, 1, 1, 1, 1], [1, 1, 0, 1, 0]])
    return P, Q, Y, 0.5 * r.normal(size=3), 0.5 * r.normal(size=5), who, what, r.uniform(1, 5, size=8), owned


def loss(P, Q, Y, bu, bi, who, what, likes, owned):
    taste = P + (owned / np.sqrt(np.sum(owned, axis=1)).reshape(-1, 1)) @ Y
    error = MEAN + bu[who] + bi[what] + np.sum(taste[who] * Q[what], axis=1) - likes
    penalty = np.sum(P[who] ** 2) + np.sum(Q[what] ** 2) + np.sum(Y**2)
    return np.sum(error**2) / 2 + LAMBDA / 2 * penalty


def scatter(indices, values, like):
    out = np.zeros_like(like)
    np.add.at(out, indices, values)
    return out


def right(P, Q, Y, bu, bi, who, what, likes, owned):
    share = owned / np.sqrt(owned.sum(axis=1, keepdims=True))
    taste = P + share @ Y
    e = MEAN + bu[who] + bi[what] + np.einsum("nk,nk->n", taste[who], Q[what]) - likes
    times = np.bincount(who, minlength=len(P))[:, None]
    dtaste = scatter(who, e[:, None] * Q[what], P)
    dP = dtaste + LAMBDA * times * P
    dY = share.T @ dtaste + LAMBDA * Y
    dQ = scatter(what, e[:, None] * taste[who], Q)
    dQ += LAMBDA * np.bincount(what, minlength=len(Q))[:, None] * Q
    return dP, dQ, dY, scatter(who, e, bu), scatter(what, e, bi)


def backprop(P, Q, Y, bu, bi, who, what, likes, owned):
    params = dict(P=P, Q=Q, Y=Y, bu=bu, bi=bi)
    d = {name: np.zeros(np.shape(value)) for name, value in params.items()}
    for u, i, like in zip(who, what, likes):
        closet = np.flatnonzero(owned[u])
        root = np.sqrt(len(closet))
        implicit = np.zeros(P.shape[1])
        for j in closet:
            implicit += Y[j]
        implicit /= root
        taste = P[u] + implicit
        error = MEAN + bu[u] + bi[i] + np.dot(taste, Q[i]) - like
        # biases
        d["bu"][u] += error
        d["bi"][i] += error
        # factors
        d["P"][u] += error * Q[i] + LAMBDA * P[u]
        d["Q"][i] += error * taste + LAMBDA * Q[i]
        for j in closet:
            d["Y"][j] += error * Q[i]
    d["Y"] += LAMBDA * Y
    return d

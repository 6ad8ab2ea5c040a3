"""Ratings shrunk once for each rating.

expected kind: repeated-term or missing-factor or sum-for-mean
wrong line: 50
correction 50: reg_u, reg_i = LAM / per_user[u], LAM / per_item[i]
what: The loss penalises each vector once, the gradient once for each rating that it takes part in
source: https://github.com/NicolasHug/Surprise/issues/372
said: only the vectors of the rating at hand are shrunk, so the penalty is larger for whoever rates more often
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]
MU, LAM = 3.2, 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    users, items = np.array([0, 0, 0, 1, 1, 2, 2, 2]), np.array([0, 1, 3, 1, 2, 1, 2, 0])
    return *(r.normal(size=s) for s in ((3, 2), (4, 2), 3, 4)), users, items, r.uniform(1, 5, 8)


def loss(P, Q, bu, bi, users, items, stars):
    predicted = MU + bu[users] + bi[items] + np.sum(P[users] * Q[items], axis=1)
    penalty = np.sum(P**2) + np.sum(Q**2) + np.sum(bu**2) + np.sum(bi**2)
    return 0.5 * np.sum((stars - predicted) ** 2) + 0.5 * LAM * penalty


def right(P, Q, bu, bi, users, items, stars):
    Y, R = np.zeros((3, 4)), np.zeros((3, 4))
    Y[users, items] = stars
    R[users, items] = 1
    base = MU + bu[:, np.newaxis] + bi
    error = R * (Y - base - P.dot(Q.T))
    user_features, item_features = LAM * P, LAM * Q
    for k in range(P.shape[1]):
        residual = R * (Y - base - P.dot(Q.T))
        user_features[:, k] -= residual.dot(Q[:, k])
        item_features[:, k] -= P[:, k].dot(residual)
    user_bias = LAM * bu - error.sum(axis=1)
    item_bias = LAM * bi - error.sum(axis=0)
    return user_features, item_features, user_bias, item_bias


def backprop(P, Q, bu, bi, users, items, stars):
    gP, gQ, gbu, gbi = (np.zeros_like(a) for a in (P, Q, bu, bi))
    per_user, per_item = np.bincount(users), np.bincount(items)
    for u, i, r in zip(users, items, stars):
        err = r - (MU + bu[u] + bi[i] + P[u] @ Q[i])
        reg_u, reg_i = LAM, LAM
        gbu[u] += reg_u * bu[u] - err
        gbi[i] += reg_i * bi[i] - err
        gP[u] += reg_u * P[u] - err * Q[i]
        gQ[i] += reg_i * Q[i] - err * P[u]
    return gP, gQ, gbu, gbi

"""The penalty of the user's factors pulls outwards.

expected kind: sign
wrong line: 52
correction 52: sgd_u = euj * qjf + beta * puf
what: the sign of the user's penalty
source: https://github.com/guoguibing/librec/issues/143
said: By the formula the gradient is euj * qjf + regUser * puf; the code has a minus.
"""

import numpy as np

PARAMETERS = ["P", "Q", "bu", "bi"]


def data(seed=0):
    r = np.random.default_rng(seed)
    users, items = np.array([0, 0, 1, 2, 2, 3, 3]), np.array([0, 2, 1, 0, 1, 2, 0])
    return [
        users, items, r.uniform(1, 5, size=7),
        r.normal(size=(4, 2)), r.normal(size=(3, 2)), r.normal(size=4), r.normal(size=3), 0.1,
    ]


def loss(users, items, ratings, P, Q, bu, bi, beta):
    e = ratings - np.sum(P[users] * Q[items], axis=1) - bu[users] - bi[items]
    lengths = np.sum(P[users] ** 2) + np.sum(Q[items] ** 2) + np.sum(bu[users] ** 2) + np.sum(bi[items] ** 2)
    return np.sum(e**2) + beta * lengths


def right(users, items, ratings, P, Q, bu, bi, beta):
    U, V = np.eye(4)[users], np.eye(3)[items]
    e = ((U @ P) * (V @ Q)).sum(1) + U @ bu + V @ bi - ratings
    nu, ni = U.sum(0), V.sum(0)
    dP = 2 * U.T @ (e[:, None] * (V @ Q)) + 2 * beta * nu[:, None] * P
    dQ = 2 * V.T @ (e[:, None] * (U @ P)) + 2 * beta * ni[:, None] * Q
    return dP, dQ, 2 * U.T @ e + 2 * beta * nu * bu, 2 * V.T @ e + 2 * beta * ni * bi


def backprop(users, items, ratings, P, Q, bu, bi, beta):
    nUsers, nFactors = P.shape
    predict = lambda u, j: bu[u] + bi[j] + sum(P[u, f] * Q[j, f] for f in range(nFactors))
    gP = [[0.0] * nFactors for _ in range(nUsers)]
    gQ = [[0.0] * nFactors for _ in range(Q.shape[0])]
    gbu, gbi = [0.0] * nUsers, [0.0] * Q.shape[0]
    for u, j, ruj in zip(users, items, ratings):
        euj = predict(u, j) - ruj
        gbu[u] += 2 * (euj + beta * bu[u])
        gbi[j] += 2 * (euj + beta * bi[j])
        for f in range(nFactors):
            puf, qjf = P[u, f], Q[j, f]
            sgd_u = euj * qjf - beta * puf
            sgd_j = euj * puf + beta * qjf
            gP[u][f] += 2 * sgd_u
            gQ[j][f] += 2 * sgd_j
    return np.array(gP), np.array(gQ), np.array(gbu), np.array(gbi)

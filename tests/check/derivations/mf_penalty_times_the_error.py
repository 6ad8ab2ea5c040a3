"""A parenthesis multiplies the penalty by the error.

expected kind: repeated-factor
wrong line: 47 or 43
correction 43: return dict(b_u=-2 * error + 2 * reg * b_u, b_i=-2 * error + 2 * reg * b_i, p=-2 * error * q + 2 * reg * p, q=-2 * error * p + 2 * reg * q)
correction 47: return dict(b_u=-2 * error + 2 * reg * b_u, b_i=-2 * error + 2 * reg * b_i, p=-2 * error * q + 2 * reg * p, q=-2 * error * p + 2 * reg * q)
what: the penalty of the item's factors is multiplied by the error
source: https://github.com/dandxy89/BellkorAlgorithm/issues/3
said: In get_gradients the regularisation stands inside 2 * error * (...); the reader's version has it
    outside.
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


def get_gradients(error, p, q, b_u, b_i, reg):
    return dict(
        b_u=-2 * error + 2 * reg * b_u,
        b_i=-2 * error + 2 * reg * b_i,
        p=-2 * error * q + 2 * reg * p,
        q=2 * error * (-p + reg * q),
    )


def backprop(users, items, ratings, P, Q, bu, bi, beta):
    total = dict(p=np.zeros_like(P), q=np.zeros_like(Q), b_u=np.zeros_like(bu), b_i=np.zeros_like(bi))
    for k in range(len(ratings)):
        u, i = users[k], items[k]
        err = ratings[k] - (bu[u] + bi[i] + P[u].dot(Q[i]))
        g = get_gradients(err, P[u], Q[i], bu[u], bi[i], beta)
        total["p"][u] += g["p"]; total["b_u"][u] += g["b_u"]
        total["q"][i] += g["q"]; total["b_i"][i] += g["b_i"]
    return total["p"], total["q"], total["b_u"], total["b_i"]

"""User penalised by the item.

expected kind: wrong-parameter or wrong-point
wrong line: 45
correction 45: delta_u = err * i_f - regularization * u_f
what: In the gradient of a user's factor the penalty has the item's factor
source: https://github.com/muricoca/crab/pull/74
said: the partial derivative of the user factor is mended to the error times the item factor minus the penalty times
    the user factor
"""

import numpy as np

PARAMETERS = ["user_factors", "item_factors"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 2)), r.normal(size=(5, 2)), r.integers(0, 4, 9), r.integers(0, 5, 9),
        r.integers(1, 6, 9).astype(float),
    )


def loss(user_factors, item_factors, users, items, ratings, regularization=0.2):
    p, q = user_factors[users], item_factors[items]
    err = ratings - np.sum(p * q, axis=1)
    return 0.5 * np.sum(err**2) + 0.5 * regularization * (np.sum(p**2) + np.sum(q**2))


def right(user_factors, item_factors, users, items, ratings, regularization=0.2):
    U, I = np.eye(4)[users], np.eye(5)[items]
    p, q = U @ user_factors, I @ item_factors
    e = (ratings - (p * q).sum(1))[:, None]
    return U.T @ (regularization * p - e * q), I.T @ (regularization * q - e * p)


def backprop(user_factors, item_factors, users, items, ratings, regularization=0.2):
    gu, gi = np.zeros_like(user_factors), np.zeros_like(item_factors)
    for u, i, r in zip(users, items, ratings):
        err = r - np.dot(user_factors[u], item_factors[i])
        for f in range(user_factors.shape[1]):
            u_f = user_factors[u, f]
            i_f = item_factors[i, f]
            delta_u = err * i_f - regularization * i_f
            delta_i = err * u_f - regularization * i_f
            gu[u, f] -= delta_u
            gi[i, f] -= delta_i
    return gu, gi

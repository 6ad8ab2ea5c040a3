"""Matrix factors user offset over the users.

expected kind: wrong-axis
wrong line: 49
correction 49: duser_bias = G.sum(axis=1)
what: The gradient of the users' offsets is summed over the users; there are as many items as users
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "V", "user_bias", "item_bias", "mu"]


def data(seed=0):
    r = np.random.default_rng(seed)
    mask = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1.0]])
    return r.normal(size=(4, 3)), r.normal(size=(4, 3)), r.normal(size=4), r.normal(size=4), r.normal(), r.normal(size=(4, 4)) + 3, mask


def loss(U, V, user_bias, item_bias, mu, R, mask):
    guess = U @ V.T + user_bias[:, None] + item_bias[None, :] + mu
    return np.sum(mask * (guess - R) ** 2) / np.sum(mask)


def right(U, V, user_bias, item_bias, mu, R, mask):
    dU, dV, du, dv, dm, n = 0 * U, 0 * V, 0 * user_bias, 0 * item_bias, 0.0, np.sum(mask)
    for i, j in zip(*np.nonzero(mask)):
        e = 2 * (U[i] @ V[j] + user_bias[i] + item_bias[j] + mu - R[i, j]) / n
        dU[i] += e * V[j]
        dV[j] += e * U[i]
        du[i] += e
        dv[j] += e
        dm += e
    return dU, dV, du, dv, dm


def ratings(U, V, user_bias, item_bias, mu):
    return mu + user_bias.reshape(-1, 1) + item_bias.reshape(1, -1) + U.dot(V.T)


def backprop(U, V, user_bias, item_bias, mu, R, mask):
    err = ratings(U, V, user_bias, item_bias, mu) - R
    total = mask.sum()
    G = 2.0 * err * mask / total
    dU = G.dot(V)
    dV = G.T.dot(U)
    duser_bias = G.sum(axis=0)
    ditem_bias = G.sum(axis=0)
    dmu = G.sum()
    return dU, dV, duser_bias, ditem_bias, dmu

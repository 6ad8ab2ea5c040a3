"""Matrix factors ratings that nobody gave.

expected kind: missing-factor or wrong-mask or another-loss
wrong line: 45 or 47
correction 45: residual = (predict(U, V, bu, bv, mu) - R) * seen
correction 47: dpred = 2.0 * residual * seen / n_ratings
what: The mask of the ratings that were given is forgotten on the way back
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "V", "bu", "bv", "mu"]


def data(seed=0):
    r = np.random.default_rng(seed)
    seen = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 0, 1, 1.0]])
    return r.normal(size=(4, 2)), r.normal(size=(4, 2)), r.normal(size=4), r.normal(size=4), r.normal(), r.normal(size=(4, 4)) + 3, seen


def loss(U, V, bu, bv, mu, R, seen):
    guess = U @ V.T + bu[:, None] + bv[None, :] + mu
    return np.sum(seen * (guess - R) ** 2) / np.sum(seen)


def right(U, V, bu, bv, mu, R, seen):
    dU, dV, du, dv, dm, n = 0 * U, 0 * V, 0 * bu, 0 * bv, 0.0, np.sum(seen)
    for i, j in zip(*np.nonzero(seen)):
        e = 2 * (U[i] @ V[j] + bu[i] + bv[j] + mu - R[i, j]) / n
        dU[i] += e * V[j]
        dV[j] += e * U[i]
        du[i] += e
        dv[j] += e
        dm += e
    return dU, dV, du, dv, dm


def predict(U, V, bu, bv, mu):
    return mu + bu.reshape(-1, 1) + bv.reshape(1, -1) + U.dot(V.T)


def backprop(U, V, bu, bv, mu, R, seen):
    residual = predict(U, V, bu, bv, mu) - R
    n_ratings = seen.sum()
    dpred = 2.0 * residual / n_ratings
    dU = dpred.dot(V)
    dV = dpred.T.dot(U)
    dbu = dpred.sum(axis=1)
    dbv = dpred.sum(axis=0)
    dmu = dpred.sum()
    return dU, dV, dbu, dbv, dmu

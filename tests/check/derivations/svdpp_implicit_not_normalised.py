"""SVD++: the implicit vectors' gradients lack the normalisation.

expected kind: missing-factor or scale or sum-for-mean
wrong line: 48
correction 48: gradient["Y"][j] += 2 * (lam * Y[j] - ratingError * q[i] / np.sqrt(len(rated)))
what: the factor 1 / sqrt(number of rated items) is left out
source: https://github.com/mlpack/mlpack/pull/1458
said: A review: the implicit term is normalised in the prediction, so its gradient should be divided by that
    as well.
"""

import numpy as np

PARAMETERS = ["p", "q", "Y"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [np.array([0, 2, 3]), 1, 3.5, r.normal(size=2), r.normal(size=(4, 2)), r.normal(size=(4, 2)), 0.05]


def loss(rated, i, r, p, q, Y, lam):
    user = p + np.sum(Y[rated], axis=0) / np.sqrt(3)
    return (r - user @ q[i]) ** 2 + lam * (np.sum(p**2) + np.sum(q[i] ** 2) + np.sum(Y[rated] ** 2))


def right(rated, i, r, p, q, Y, lam):
    N = np.isin(np.arange(4), rated) / 3**0.5
    e = (p + N @ Y) @ q[i] - r
    dq = np.zeros_like(q)
    dq[i] = 2 * e * (p + N @ Y) + 2 * lam * q[i]
    return 2 * e * q[i] + 2 * lam * p, dq, 2 * e * np.outer(N, q[i]) + 2 * lam * (N > 0)[:, None] * Y


def evaluate(parameters, user_items, item, rating):
    implicitCount = len(user_items)
    userVec = parameters["p"] + sum(parameters["Y"][j] for j in user_items) / np.sqrt(implicitCount)
    return rating - userVec @ parameters["q"][item], userVec


def backprop(rated, i, r, p, q, Y, lam):
    parameters = {"p": p, "q": q, "Y": Y}
    ratingError, userVec = evaluate(parameters, rated, i, r)
    gradient = {k: np.zeros_like(v) for k, v in parameters.items()}
    gradient["p"] += 2 * (lam * p - ratingError * q[i])
    gradient["q"][i] += 2 * (lam * q[i] - ratingError * userVec)
    for j in rated:
        gradient["Y"][j] += 2 * (lam * Y[j] - ratingError * q[i])
    return gradient

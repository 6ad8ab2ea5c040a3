"""Ranking items without the user.

expected kind: missing-factor
wrong line: 49
correction 49: dV[j] += g(-f[j]) * u
what: The first term of the gradient of an item lacks the vector of the user, in collaborative less-is-more
    filtering
source: https://github.com/daviddwlee84/MachineLearningPractice/issues/1
said: in the first term the multiplication with the user's vector was forgotten
"""

import numpy as np

PARAMETERS = ["u", "V"]
LAM = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=(5, 3)), np.array([0, 2, 3])


def loss(u, V, liked):
    f = V @ u
    fl = f[liked]
    g = 1 / (1 + np.exp(-fl))
    pairs = 1 - 1 / (1 + np.exp(-(fl[None, :] - fl[:, None])))
    return -np.sum(np.log(g)) - np.sum(np.log(pairs)) + LAM / 2 * (np.sum(u**2) + np.sum(V**2))


def right(u, V, liked):
    f = V[liked] @ u
    s = 1 / (1 + np.exp(-(f[None, :] - f[:, None])))
    df = -(1 / (1 + np.exp(f))) + s.sum(0) - s.sum(1)
    G = LAM * V
    G[liked] += np.outer(df, u)
    return V[liked].T @ df + LAM * u, G


def g(x):
    return 1 / (1 + np.exp(-x))


def backprop(u, V, liked):
    f = V.dot(u)
    dU, dV = -LAM * u, -LAM * V
    for j in liked:
        dU += g(-f[j]) * V[j]
        dV[j] += g(-f[j])
        for k in liked:
            dU += g(f[k] - f[j]) * (V[j] - V[k])
            dV[j] += g(f[k] - f[j]) * u
            dV[k] -= g(f[k] - f[j]) * u
    return -dU, -dV

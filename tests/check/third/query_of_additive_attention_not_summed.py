"""Query of additive attention not summed.

expected kind: missing-sum
wrong line: 53
correction 53: dquery = dquery + dpre
what: The query is added to every key, and takes the gradient of the last one only
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wq", "Wk", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wq, Wk = r.normal(size=(3, 4)), r.normal(size=(3, 4))
    return Wq, Wk, r.normal(size=4), r.normal(size=3), r.normal(size=(5, 3)), r.normal(size=3)


def loss(Wq, Wk, v, q, H, y):
    e = np.tanh(q @ Wq + H @ Wk) @ v
    a = np.exp(e) / np.sum(np.exp(e))
    return np.sum((a @ H - y) ** 2)


def right(Wq, Wk, v, q, H, y):
    t = np.tanh(q @ Wq + H @ Wk)
    a = np.exp(t @ v)
    a /= a.sum()
    g = H @ (2 * (a @ H - y))
    de = a * (g - a @ g)
    dt = np.outer(de, v) * (1 - t**2)
    return np.outer(q, dt.sum(0)), H.T @ dt, de @ t


def backprop(Wq, Wk, v, q, H, y):
    query = q.dot(Wq)
    hidden = np.array([np.tanh(query + h.dot(Wk)) for h in H])
    energies = hidden.dot(v)
    weights = np.exp(energies - energies.max())
    weights = weights / weights.sum()
    context = sum(a * h for a, h in zip(weights, H))
    dcontext = 2 * (context - y)
    dweights = np.array([h.dot(dcontext) for h in H])
    denergies = weights * (dweights - np.sum(weights * dweights))
    dquery, dWk, dv = np.zeros(4), np.zeros_like(Wk), np.zeros(4)
    for i, h in enumerate(H):
        dv += denergies[i] * hidden[i]
        dpre = denergies[i] * v * (1 - hidden[i] ** 2)
        dWk += np.outer(h, dpre)
        dquery = dpre
    return np.outer(q, dquery), dWk, dv

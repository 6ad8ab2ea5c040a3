"""Highway carry with the transform gate.

expected kind: wrong-point or swapped-operands or missing-term
wrong line: 70
correction 70: g = g * (1 - t) + dz @ Wh[k].T + dt @ Wt[k].T
what: What is carried is led back with the transform gate
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["Wh", "Wt", "bt", "Wo"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(2, 4, 4)), g.normal(size=(2, 4, 4)), g.normal(size=(2, 4)), g.normal(size=(4, 2)), g.normal(size=(5, 4)), g.normal(size=(5, 2))


def loss(Wh, Wt, bt, Wo, x, y):
    for k in range(2):
        t = 1 / (1 + np.exp(-(x @ Wt[k] + bt[k])))
        x = t * np.maximum(x @ Wh[k], 0) + (1 - t) * x
    return ((x @ Wo - y) ** 2).sum() / len(y)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def right(Wh, Wt, bt, Wo, x, y):
    xs, gates, pres = [x], [], []
    for k in range(2):
        pres.append(xs[-1] @ Wh[k])
        gates.append(sigma(xs[-1] @ Wt[k] + bt[k]))
        xs.append(gates[-1] * np.maximum(pres[-1], 0) + (1 - gates[-1]) * xs[-1])
    err = 2 * (xs[-1] @ Wo - y) / len(y)
    gWo = xs[-1].T @ err
    g = err @ Wo.T
    gWh, gWt, gbt = np.zeros_like(Wh), np.zeros_like(Wt), np.zeros_like(bt)
    for k in (1, 0):
        t, z, inp = gates[k], pres[k], xs[k]
        dz = g * t * (z > 0)
        dt = g * (np.maximum(z, 0) - inp) * t * (1 - t)
        gWh[k] = inp.T @ dz
        gWt[k] = inp.T @ dt
        gbt[k] = dt.sum(axis=0)
        g = g * (1 - t) + dz @ Wh[k].T + dt @ Wt[k].T
    return gWh, gWt, gbt, gWo


def backprop(Wh, Wt, bt, Wo, x, y):
    xs, gates, pres = [x], [], []
    for k in range(2):
        pres.append(xs[-1] @ Wh[k])
        gates.append(sigma(xs[-1] @ Wt[k] + bt[k]))
        xs.append(gates[-1] * np.maximum(pres[-1], 0) + (1 - gates[-1]) * xs[-1])
    err = 2 * (xs[-1] @ Wo - y) / len(y)
    gWo = xs[-1].T @ err
    g = err @ Wo.T
    gWh, gWt, gbt = np.zeros_like(Wh), np.zeros_like(Wt), np.zeros_like(bt)
    for k in (1, 0):
        t, z, inp = gates[k], pres[k], xs[k]
        dz = g * t * (z > 0)
        dt = g * (np.maximum(z, 0) - inp) * t * (1 - t)
        gWh[k] = inp.T @ dz
        gWt[k] = inp.T @ dt
        gbt[k] = dt.sum(axis=0)
        g = g * t + dz @ Wh[k].T + dt @ Wt[k].T
    return gWh, gWt, gbt, gWo

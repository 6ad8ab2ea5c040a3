"""Variation of a signal seen from one end.

expected kind: missing-term
wrong line: 36 or 37
correction 36: grad[1:] += flow; grad[:-1] -= flow
correction 37: return grad - np.append(flow, 0)
what: A difference of two neighbours pulls at both of them; here only at the later one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["u"]
WEIGHT, EPS = 0.8, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=8), r.normal(size=8)


def loss(u, noisy):
    return 0.5 * np.sum((u - noisy) ** 2) + WEIGHT * np.sum(np.sqrt((u[1:] - u[:-1]) ** 2 + EPS))


def right(u, noisy):
    D = np.diff(np.eye(8), axis=0)
    return u - noisy + WEIGHT * D.T @ (D @ u / np.sqrt((D @ u) ** 2 + EPS))


def tv_gradient(u):
    jump = np.diff(u)
    flow = jump / np.sqrt(jump**2 + EPS)
    grad = np.zeros_like(u)
    grad[1:] += flow
    return grad


def backprop(u, noisy):
    fidelity = u - noisy
    return fidelity + WEIGHT * tv_gradient(u)

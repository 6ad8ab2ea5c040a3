"""Matrix factorisation of a table with gaps: a step of the users before the items

expected kind: updated-parameter
wrong line: 33 or 34
correction 33: P_new = P - lr * dP
correction 34: dQ = -2 * E.T @ (P + lr * dP) + 2 * reg * Q
what: the users' vectors are already updated where the gradient of the items uses them
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["P", "Q"]
reg, lr = 0.1, 0.05


def loss(R, known, P, Q):
    return np.sum(known * (R - P @ Q.T) ** 2) + reg * (np.sum(P ** 2) + np.sum(Q ** 2))


def right(R, known, P, Q):
    E = known * (R - P @ Q.T)
    dP = -2 * E @ Q + 2 * reg * P
    P_new = P - lr * dP
    dQ = -2 * E.T @ P + 2 * reg * Q
    Q = Q - lr * dQ
    return dP, dQ


def backprop(R, known, P, Q):
    E = known * (R - P @ Q.T)
    dP = -2 * E @ Q + 2 * reg * P
    P = P - lr * dP
    dQ = -2 * E.T @ P + 2 * reg * Q
    Q = Q - lr * dQ
    return dP, dQ


def data(seed=0):
    rng = np.random.default_rng(seed)
    known = np.zeros(30)
    known[rng.permutation(30)[:19]] = 1
    return [rng.normal(size=(5, 6)), known.reshape(5, 6), rng.normal(size=(5, 3)), rng.normal(size=(6, 3))]

"""Matrix factorisation of a table with gaps, everything at once.

expected kind: wrong-mask or missing-factor or another-loss + scale or missing-factor
wrong line: 31 and 35
correction 31: E = known * (P @ Q.T + b[:, None] + c[None, :] - R)
correction 35: grads[name] += 2 * LAM * value
what: what was not rated counts as a rating of zero; the penalty's gradient lacks its 2
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

LAM = 0.3


def loss(R, known, P, Q, b, c):
    E = P @ Q.T + b[:, None] + c[None, :] - R
    return np.sum(E[known] ** 2) + LAM * (np.sum(P * P) + np.sum(Q * Q) + np.sum(b * b) + np.sum(c * c))


def right(R, known, P, Q, b, c):
    E = known * (P @ Q.T + b[:, None] + c[None, :] - R)
    D = 2 * E
    grads = {"P": D @ Q, "Q": D.T @ P, "b": D.sum(axis=1), "c": D.sum(axis=0)}
    for name, value in (("P", P), ("Q", Q), ("b", b), ("c", c)):
        grads[name] += 2 * LAM * value
    return grads


def backprop(R, known, P, Q, b, c):
    E = P @ Q.T + b[:, None] + c[None, :] - R
    D = 2 * E
    grads = {"P": D @ Q, "Q": D.T @ P, "b": D.sum(axis=1), "c": D.sum(axis=0)}
    for name, value in (("P", P), ("Q", Q), ("b", b), ("c", c)):
        grads[name] += LAM * value
    return grads


PARAMETERS = ["P", "Q", "b", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    known = np.arange(30).reshape(5, 6) % 3 != r.integers(3)
    return [known * r.integers(1, 6, size=(5, 6)), known, r.normal(size=(5, 2)), r.normal(size=(6, 2)), r.normal(size=5), r.normal(size=6)]

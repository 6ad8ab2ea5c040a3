"""The gradient by the initial state comes out negated.

expected kind: sign
wrong line: 59
correction 59: du0 = a
what: the adjoint at time zero is returned with a minus
source: https://github.com/SciML/SciMLSensitivity.jl/issues/543
said: du0 seems to have the wrong sign, and a test didn't notice since its dg had the wrong sign too.
"""

import numpy as np

PARAMETERS = ["y0", "A", "b"]
DT = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.normal(size=3), r.normal(size=(3, 3)), r.normal(size=3)]


def loss(observed, y0, A, b):
    y, total = y0, np.sum((y0 - observed[0]) ** 2)
    for k in range(1, 6):
        y = y + DT * np.tanh(A @ y + b)
        total = total + np.sum((y - observed[k]) ** 2)
    return total


def right(observed, y0, A, b):
    ys = [y0]
    for _ in range(5):
        ys.append(ys[-1] + DT * np.tanh(A @ ys[-1] + b))
    lam, dA, db = np.zeros(3), np.zeros((3, 3)), np.zeros(3)
    for k in range(5, 0, -1):
        lam = lam + 2 * (ys[k] - observed[k])
        slope = DT * lam * (1 - np.tanh(A @ ys[k - 1] + b) ** 2)
        dA += np.outer(slope, ys[k - 1])
        db += slope
        lam = lam + slope @ A
    return lam + 2 * (y0 - observed[0]), dA, db


def backprop(observed, y0, A, b):
    f = lambda u: np.tanh(A @ u + b)
    u = [y0]
    for _ in observed[1:]:
        u.append(u[-1] + DT * f(u[-1]))
    u = np.asarray(u)
    dg = 2 * (u - observed)
    a = dg[-1]
    dA = 0
    db = 0
    for k in range(len(u) - 2, -1, -1):
        vjp = a * (1 - f(u[k]) ** 2)
        dA = dA + DT * np.multiply.outer(vjp, u[k])
        db = db + DT * vjp
        a = a + DT * (vjp @ A) + dg[k]
    du0 = -a
    return du0, dA, db

"""A GRU, row vectors, loss at the last step.

expected kind: missing-factor
wrong line: 74
correction 74: dh = dh * (1 - z) + drh * r + dz @ Uz.T + dr @ Ur.T
what: on the way to the state before, the gradient of r * h is taken for that of h
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step(x, h, Wz, Uz, Wr, Ur, Wn, Un):
    z = sigmoid(x @ Wz + h @ Uz)
    r = sigmoid(x @ Wr + h @ Ur)
    n = np.tanh(x @ Wn + (r * h) @ Un)
    return z, r, n, (1 - z) * h + z * n


def loss(xs, y, Wz, Uz, Wr, Ur, Wn, Un, Wo):
    h = np.zeros((len(y), len(Uz)))
    for x in xs:
        h = step(x, h, Wz, Uz, Wr, Ur, Wn, Un)[-1]
    return 0.5 * np.sum((h @ Wo - y) ** 2)


PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wn", "Un", "Wo"]


def right(xs, y, Wz, Uz, Wr, Ur, Wn, Un, Wo):
    h, tape = np.zeros((len(y), len(Uz))), []
    for x in xs:
        z, r, n, new = step(x, h, Wz, Uz, Wr, Ur, Wn, Un)
        tape.append((x, h, z, r, n))
        h = new
    err = h @ Wo - y
    g = dict.fromkeys(PARAMETERS, 0)
    g["Wo"] = h.T @ err
    dh = err @ Wo.T
    for x, h, z, r, n in reversed(tape):
        dn = dh * z * (1 - n**2)
        dz = dh * (n - h) * z * (1 - z)
        drh = dn @ Un.T
        dr = drh * h * r * (1 - r)
        g["Wn"], g["Un"] = g["Wn"] + x.T @ dn, g["Un"] + (r * h).T @ dn
        g["Wz"], g["Uz"] = g["Wz"] + x.T @ dz, g["Uz"] + h.T @ dz
        g["Wr"], g["Ur"] = g["Wr"] + x.T @ dr, g["Ur"] + h.T @ dr
        dh = dh * (1 - z) + drh * r + dz @ Uz.T + dr @ Ur.T
    return g


def backprop(xs, y, Wz, Uz, Wr, Ur, Wn, Un, Wo):
    h, tape = np.zeros((len(y), len(Uz))), []
    for x in xs:
        z, r, n, new = step(x, h, Wz, Uz, Wr, Ur, Wn, Un)
        tape.append((x, h, z, r, n))
        h = new
    err = h @ Wo - y
    g = dict.fromkeys(PARAMETERS, 0)
    g["Wo"] = h.T @ err
    dh = err @ Wo.T
    for x, h, z, r, n in reversed(tape):
        dn = dh * z * (1 - n**2)
        dz = dh * (n - h) * z * (1 - z)
        drh = dn @ Un.T
        dr = drh * h * r * (1 - r)
        g["Wn"], g["Un"] = g["Wn"] + x.T @ dn, g["Un"] + (r * h).T @ dn
        g["Wz"], g["Uz"] = g["Wz"] + x.T @ dz, g["Uz"] + h.T @ dz
        g["Wr"], g["Ur"] = g["Wr"] + x.T @ dr, g["Ur"] + h.T @ dr
        dh = dh * (1 - z) + drh + dz @ Uz.T + dr @ Ur.T
    return g


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 5), (5, 5), (3, 5), (5, 5), (3, 5), (5, 5), (5, 2)]
    return [r.normal(size=(4, 6, 3)), r.normal(size=(6, 2)), *(0.6 * r.normal(size=s) for s in shapes)]

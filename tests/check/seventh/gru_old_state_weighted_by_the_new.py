"""Gru old state weighted by the new.

expected kind: wrong-point or missing-term
wrong line: 91
correction 91: carry_back = dh * (1 - z[t])
what: The old state enters with 1 - z, and what goes straight back to it is multiplied by z
source: https://github.com/ooples/AiDotNet/pull/722
said: the direct path to the former state is multiplied by z, where the unit keeps 1 - z of it
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "bz", "Wr", "Ur", "br", "Wh", "Uh", "bh"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 2), (3, 3), (3,)] * 3
    return (*(r.normal(size=s) * 0.9 for s in shapes), r.normal(size=(4, 2)), r.normal(size=(4, 3)))


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh, X, Y):
    h, L = np.zeros(3), 0
    for x, y in zip(X, Y):
        z = sigmoid(Wz @ x + Uz @ h + bz)
        r = sigmoid(Wr @ x + Ur @ h + br)
        hh = np.tanh(Wh @ x + Uh @ (r * h) + bh)
        h = (1 - z) * h + z * hh
        L = L + np.sum((h - y) ** 2) / 2
    return L


def right(Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh, X, Y):
    tape, h = [], np.zeros(3)
    for x in X:
        z = sigmoid(Wz @ x + Uz @ h + bz)
        r = sigmoid(Wr @ x + Ur @ h + br)
        k = np.tanh(Wh @ x + Uh @ (r * h) + bh)
        tape.append((x, h, z, r, k))
        h = h + z * (k - h)
    out = [np.zeros_like(p) for p in (Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh)]
    carry = np.zeros(3)
    for (x, h, z, r, k), y in zip(tape[::-1], Y[::-1]):
        e = h + z * (k - h) - y + carry
        a = e * z * (1 - k * k)
        m = Uh.T @ a
        c = m * h * r * (1 - r)
        d = e * (k - h) * z * (1 - z)
        for place, (delta, state) in enumerate(((d, h), (c, h), (a, r * h))):
            out[3 * place] += np.outer(delta, x)
            out[3 * place + 1] += np.outer(delta, state)
            out[3 * place + 2] += delta
        carry = e - e * z + m * r + Ur.T @ c + Uz.T @ d
    return tuple(out)


def backprop(Wz, Uz, bz, Wr, Ur, br, Wh, Uh, bh, X, Y):
    T = len(X)
    h, z, r, cand = {-1: np.zeros(3)}, {}, {}, {}
    for t in range(T):
        z[t] = sigmoid(np.dot(Wz, X[t]) + np.dot(Uz, h[t - 1]) + bz)
        r[t] = sigmoid(np.dot(Wr, X[t]) + np.dot(Ur, h[t - 1]) + br)
        cand[t] = np.tanh(np.dot(Wh, X[t]) + np.dot(Uh, r[t] * h[t - 1]) + bh)
        h[t] = (1 - z[t]) * h[t - 1] + z[t] * cand[t]
    dWz, dUz, dbz = np.zeros_like(Wz), np.zeros_like(Uz), np.zeros_like(bz)
    dWr, dUr, dbr = np.zeros_like(Wr), np.zeros_like(Ur), np.zeros_like(br)
    dWh, dUh, dbh = np.zeros_like(Wh), np.zeros_like(Uh), np.zeros_like(bh)
    carry_back = np.zeros(3)
    for t in reversed(range(T)):
        dh = (h[t] - Y[t]) + carry_back
        dcand = dh * z[t]
        dz = dh * (cand[t] - h[t - 1])
        g_h = dcand * (1 - cand[t] ** 2)
        g_rh = np.dot(Uh.T, g_h)
        dr = g_rh * h[t - 1]
        g_z = dz * z[t] * (1 - z[t])
        g_r = dr * r[t] * (1 - r[t])
        dWh += np.outer(g_h, X[t])
        dUh += np.outer(g_h, r[t] * h[t - 1])
        dbh += g_h
        dWr += np.outer(g_r, X[t])
        dUr += np.outer(g_r, h[t - 1])
        dbr += g_r
        dWz += np.outer(g_z, X[t])
        dUz += np.outer(g_z, h[t - 1])
        dbz += g_z
        carry_back = dh * z[t]
        carry_back += g_rh * r[t]
        carry_back += np.dot(Ur.T, g_r) + np.dot(Uz.T, g_z)
    return dWz, dUz, dbz, dWr, dUr, dbr, dWh, dUh, dbh

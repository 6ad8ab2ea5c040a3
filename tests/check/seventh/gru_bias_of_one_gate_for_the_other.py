"""Gru bias of one gate for the other.

expected kind: wrong-parameter
wrong line: 90
correction 90: dbz += daz
what: The bias of the update gate gets the delta of the reset gate
source: https://github.com/hanbt/learn_dl/issues/53
said: of a recurrent net with gates: the biases of two gates get the deltas of a third
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
    h, z, r, h_hat = {-1: np.zeros(3)}, {}, {}, {}
    for t in range(T):
        z[t] = sigmoid(np.dot(Wz, X[t]) + np.dot(Uz, h[t - 1]) + bz)
        r[t] = sigmoid(np.dot(Wr, X[t]) + np.dot(Ur, h[t - 1]) + br)
        h_hat[t] = np.tanh(np.dot(Wh, X[t]) + np.dot(Uh, r[t] * h[t - 1]) + bh)
        h[t] = (1 - z[t]) * h[t - 1] + z[t] * h_hat[t]
    dWz, dUz, dbz = np.zeros_like(Wz), np.zeros_like(Uz), np.zeros_like(bz)
    dWr, dUr, dbr = np.zeros_like(Wr), np.zeros_like(Ur), np.zeros_like(br)
    dWh, dUh, dbh = np.zeros_like(Wh), np.zeros_like(Uh), np.zeros_like(bh)
    dhnext = np.zeros(3)
    for t in reversed(range(T)):
        dh = (h[t] - Y[t]) + dhnext
        dh_hat = dh * z[t]
        dz = dh * (h_hat[t] - h[t - 1])
        dah = dh_hat * (1 - h_hat[t] ** 2)
        drh = np.dot(Uh.T, dah)
        dr = drh * h[t - 1]
        daz = dz * z[t] * (1 - z[t])
        dar = dr * r[t] * (1 - r[t])
        dWh += np.outer(dah, X[t])
        dUh += np.outer(dah, r[t] * h[t - 1])
        dbh += dah
        dWr += np.outer(dar, X[t])
        dUr += np.outer(dar, h[t - 1])
        dbr += dar
        dWz += np.outer(daz, X[t])
        dUz += np.outer(daz, h[t - 1])
        dbz += dar
        dhnext = dh * (1 - z[t])
        dhnext += drh * r[t]
        dhnext += np.dot(Ur.T, dar) + np.dot(Uz.T, daz)
    return dWz, dUz, dbz, dWr, dUr, dbr, dWh, dUh, dbh

"""The candidate is computed from the state before the reset gate touches it.

expected kind: another-loss or wrong-point or missing-factor
wrong line: 62
correction 62: n[t] = np.tanh(Wn @ xs[t] + Un @ (r[t] * h[t - 1]))
what: the forward pass of the derivation leaves the reset gate out of the candidate
source: https://github.com/zhiyongc/GRU-D/issues/2
said: For the candidate the hidden state first has to be multiplied by the reset gate; the code takes it as it
    is.
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wn", "Un"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [r.normal(size=(3, 2 + k % 2)) for k in range(6)]
    return [r.normal(size=(4, 2)), r.normal(size=(4, 3)), r.normal(size=3), *weights]


def loss(xs, ys, h0, Wz, Uz, Wr, Ur, Wn, Un):
    h, total = h0, 0.0
    for t in range(4):
        z = 1 / (1 + np.exp(-(Wz @ xs[t] + Uz @ h)))
        r = 1 / (1 + np.exp(-(Wr @ xs[t] + Ur @ h)))
        n = np.tanh(Wn @ xs[t] + Un @ (r * h))
        h = (1 - z) * h + z * n
        total = total + np.sum((h - ys[t]) ** 2)
    return total


def right(xs, ys, h0, Wz, Uz, Wr, Ur, Wn, Un):
    s = lambda v: 1 / (1 + np.exp(-v))
    h, tape = h0, []
    for x in xs:
        z, r = s(Wz @ x + Uz @ h), s(Wr @ x + Ur @ h)
        n = np.tanh(Wn @ x + Un @ (r * h))
        tape.append((x, h, z, r, n))
        h = h + z * (n - h)
    grads, dh, new = [np.zeros_like(w) for w in (Wz, Uz, Wr, Ur, Wn, Un)], 0 * h, h
    for (x, h, z, r, n), y in zip(tape[::-1], ys[::-1]):
        dh = dh + 2 * (h + z * (n - h) - y)
        dz, dn = dh * (n - h) * z * (1 - z), dh * z * (1 - n * n)
        drh = Un.T @ dn
        dr = drh * h * r * (1 - r)
        for k, (d, v) in enumerate([(dz, x), (dz, h), (dr, x), (dr, h), (dn, x), (dn, r * h)]):
            grads[k] += np.outer(d, v)
        dh = dh * (1 - z) + drh * r + Uz.T @ dz + Ur.T @ dr
    return grads


def backprop(xs, ys, h0, Wz, Uz, Wr, Ur, Wn, Un):
    act = lambda v: 1.0 / (1.0 + np.exp(-v))
    T = len(xs)
    h = {-1: h0}
    z, r, n = {}, {}, {}
    for t in range(T):
        z[t] = act(Wz @ xs[t] + Uz @ h[t - 1])
        r[t] = act(Wr @ xs[t] + Ur @ h[t - 1])
        n[t] = np.tanh(Wn @ xs[t] + Un @ h[t - 1])
        h[t] = (1 - z[t]) * h[t - 1] + z[t] * n[t]
    dWz, dUz, dWr, dUr, dWn, dUn = map(np.zeros_like, (Wz, Uz, Wr, Ur, Wn, Un))
    dh = np.zeros(h0.shape)
    for t in range(T - 1, -1, -1):
        dh += 2 * (h[t] - ys[t])
        dnt = dh * z[t] * (1 - n[t] ** 2)
        dzt = dh * (n[t] - h[t - 1]) * z[t] * (1 - z[t])
        dreset = Un.T @ dnt
        drt = dreset * h[t - 1] * r[t] * (1 - r[t])
        dWn += np.outer(dnt, xs[t]); dUn += np.outer(dnt, r[t] * h[t - 1])
        dWz += np.outer(dzt, xs[t]); dUz += np.outer(dzt, h[t - 1])
        dWr += np.outer(drt, xs[t]); dUr += np.outer(drt, h[t - 1])
        dh = dh * (1 - z[t]) + dreset * r[t] + Uz.T @ dzt + Ur.T @ drt
    return dWz, dUz, dWr, dUr, dWn, dUn

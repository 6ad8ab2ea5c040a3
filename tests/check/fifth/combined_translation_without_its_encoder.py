"""Combined translation without its encoder.

expected kind: missing-term or detached + missing-term
wrong line: 73 and 78
correction 73: dbd = dbd + da
correction 78: dh = V.T @ first + carry
what: The last state of the encoder takes nothing from the decoder but the first output, and a bias keeps the last
    step only
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["We", "Ue", "Ud", "bd", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n = lambda *s: r.normal(size=s)
    return n(3, 2), n(3, 3) * 0.7, n(3, 3) * 0.7, n(3), n(2, 3), n(4, 2), n(3, 2)


def loss(We, Ue, Ud, bd, V, source, target):
    h = np.zeros(3)
    for x in source:
        h = np.tanh(We @ x + Ue @ h)
    total = 0.5 * np.sum((V @ h) ** 2)
    for y in target:
        h = np.tanh(Ud @ h + bd)
        total = total + 0.5 * np.sum((V @ h - y) ** 2)
    return total


def right(We, Ue, Ud, bd, V, source, target):
    hs = [np.zeros(3)]
    for x in source:
        hs.append(np.tanh(We @ x + Ue @ hs[-1]))
    for _ in target:
        hs.append(np.tanh(Ud @ hs[-1] + bd))
    goals = [np.zeros(2), *target]
    g = [0 * We, 0 * Ue, 0 * Ud, 0 * bd, 0 * V]
    d = np.zeros(3)
    for t in range(7, 0, -1):
        if t >= 4:
            e = V @ hs[t] - goals[t - 4]
            g[4] = g[4] + np.outer(e, hs[t])
            d = d + V.T @ e
        a = d * (1 - hs[t] ** 2)
        if t > 4:
            g[2], g[3], d = g[2] + np.outer(a, hs[t - 1]), g[3] + a, Ud.T @ a
        else:
            g[0], g[1], d = g[0] + np.outer(a, source[t - 1]), g[1] + np.outer(a, hs[t - 1]), Ue.T @ a
    return g


def backprop(We, Ue, Ud, bd, V, source, target):
    enc = [np.zeros(3)]
    for x in source:
        enc.append(np.tanh(We @ x + Ue @ enc[-1]))
    dec = [enc[-1]]
    for _ in target:
        dec.append(np.tanh(Ud @ dec[-1] + bd))
    dWe, dUe = np.zeros_like(We), np.zeros_like(Ue)
    dUd, dbd, dV = np.zeros_like(Ud), np.zeros_like(bd), np.zeros_like(V)
    # decoder
    carry = np.zeros(3)
    for t in range(len(target), 0, -1):
        err = V @ dec[t] - target[t - 1]
        dV += np.outer(err, dec[t])
        da = (V.T @ err + carry) * (1 - dec[t] ** 2)
        dUd += np.outer(da, dec[t - 1])
        dbd = da
        carry = Ud.T @ da
    # encoder
    first = V @ enc[-1]
    dV += np.outer(first, enc[-1])
    dh = V.T @ first
    for t in range(len(source), 0, -1):
        da = dh * (1 - enc[t] ** 2)
        dWe += np.outer(da, source[t - 1])
        dUe += np.outer(da, enc[t - 1])
        dh = Ue.T @ da
    return dWe, dUe, dUd, dbd, dV

"""Lstm cell handed back unforgotten.

expected kind: missing-factor
wrong line: 88
correction 88: dC_next = dC * s["f"]
what: The gradient of the cell goes to the step before without the forget gate
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, D = 3, 2
    return r.normal(size=(4 * H, H + D)), r.normal(size=(4 * H, 1)), r.normal(size=(2, H)), r.normal(size=(5, D, 1)), r.normal(size=(2, 1))


def sig(v):
    return 1.0 / (1.0 + np.exp(-v))


def loss(W, b, Wy, xs, y):
    H = len(b) // 4
    h, c = np.zeros((H, 1)), np.zeros((H, 1))
    for x in xs:
        z = W @ np.vstack([h, x]) + b
        f, i, g, o = sig(z[:H]), sig(z[H : 2 * H]), np.tanh(z[2 * H : 3 * H]), sig(z[3 * H :])
        c = f * c + i * g
        h = o * np.tanh(c)
    return np.sum((Wy @ h - y) ** 2)


def right(W, b, Wy, xs, y):
    H = len(b) // 4
    h, c, tape = np.zeros((H, 1)), np.zeros((H, 1)), []
    for x in xs:
        v = np.vstack([h, x])
        z = np.split(W @ v + b, 4)
        f, i, g, o = sig(z[0]), sig(z[1]), np.tanh(z[2]), sig(z[3])
        tape.append((v, f, i, g, o, c))
        c = f * c + i * g
        h = o * np.tanh(c)
    e = 2 * (Wy @ h - y)
    gW, gb, gh, gc = np.zeros_like(W), np.zeros_like(b), Wy.T @ e, np.zeros((H, 1))
    gWy = e @ h.T
    for v, f, i, g, o, c in reversed(tape):
        t = np.tanh(f * c + i * g)
        gc = gc + gh * o * (1 - t * t)
        gz = np.vstack([gc * c * (f - f * f), gc * g * (i - i * i), gc * i * (1 - g * g), gh * t * (o - o * o)])
        gW, gb, gh, gc = gW + gz @ v.T, gb + gz, (W.T @ gz)[:H], gc * f
    return gW, gb, gWy


def backprop(W, b, Wy, xs, y):
    H = b.shape[0] // 4
    h_prev, C_prev = np.zeros((H, 1)), np.zeros((H, 1))
    steps = []
    for t in range(len(xs)):
        s = {"concat": np.concatenate([h_prev, xs[t]]), "C_prev": C_prev}
        z = np.dot(W, s["concat"]) + b
        s["f"] = sig(z[0:H])
        s["i"] = sig(z[H : 2 * H])
        s["C_bar"] = np.tanh(z[2 * H : 3 * H])
        s["o"] = sig(z[3 * H : 4 * H])
        s["C"] = s["f"] * C_prev + s["i"] * s["C_bar"]
        h_prev, C_prev = s["o"] * np.tanh(s["C"]), s["C"]
        steps.append(s)
    dy = 2 * (np.dot(Wy, h_prev) - y)
    dWy = np.dot(dy, h_prev.T)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    dh_next, dC_next = np.dot(Wy.T, dy), np.zeros((H, 1))
    while steps:
        s = steps.pop()
        tanh_C = np.tanh(s["C"])
        dC = dC_next + dh_next * s["o"] * (1 - tanh_C**2)
        do = dh_next * tanh_C * s["o"] * (1 - s["o"])
        df = dC * s["C_prev"] * s["f"] * (1 - s["f"])
        di = dC * s["C_bar"] * s["i"] * (1 - s["i"])
        dC_bar = dC * s["i"] * (1 - s["C_bar"] ** 2)
        dz = np.concatenate([df, di, dC_bar, do])
        dW += np.dot(dz, s["concat"].T)
        db += dz
        dh_next = np.dot(W.T, dz)[:H]
        dC_next = dC
    return dW, db, dWy

"""Arrays elm slope of tanh a gust too early.

expected kind: wrong-point
wrong line: 72
correction 72: dA[t] = (1 - H[t + 1] ** 2) * (dH[t] + later)
given as: arrays
what: The slope of tanh is taken at the state before the step, by an index that is one too small
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "U1", "b1", "W2", "U2", "b2", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # six gusts of wind, two numbers each; two layers of three over them; whether the elm bends
    first = 0.8 * r.normal(size=(2, 3)), 0.8 * r.normal(size=(3, 3)), 0.3 * r.normal(size=3)
    second = r.normal(size=(3, 3)), 0.8 * r.normal(size=(3, 3)), 0.3 * r.normal(size=3)
    return *first, *second, r.normal(size=3), r.normal(size=(6, 2)), r.integers(0, 2, size=6)


def loss(W1, U1, b1, W2, U2, b2, v, gusts, bends):
    low, high, total = np.zeros(3), np.zeros(3), 0.0
    for x, y in zip(gusts, bends):
        low = np.tanh(x @ W1 + low @ U1 + b1)
        high = np.tanh(low @ W2 + high @ U2 + b2)
        s = high @ v
        total = total + np.log(1 + np.exp(s)) - y * s
    return total


def right(W1, U1, b1, W2, U2, b2, v, gusts, bends):
    Ws, Us, bs = [W1, W2], [U1, U2], [b1, b2]
    hs = [[np.zeros(3)], [np.zeros(3)]]  # hs[layer][t] is the state after t steps
    for x in gusts:
        for layer in range(2):
            x = np.tanh(x @ Ws[layer] + hs[layer][-1] @ Us[layer] + bs[layer])
            hs[layer].append(x)
    dWs, dUs, dbs = [[np.zeros_like(p) for p in group] for group in (Ws, Us, bs)]
    dv, dnext = np.zeros_like(v), [np.zeros(3), np.zeros(3)]
    for t in reversed(range(len(gusts))):
        top = hs[1][t + 1]
        ds = 1 / (1 + np.exp(-top @ v)) - bends[t]
        dv += ds * top
        d = ds * v
        for layer in (1, 0):
            below = hs[0][t + 1] if layer == 1 else gusts[t]
            da = (d + dnext[layer]) * (1 - hs[layer][t + 1] ** 2)
            dWs[layer] += np.outer(below, da)
            dUs[layer] += np.outer(hs[layer][t], da)
            dbs[layer] += da
            dnext[layer] = Us[layer] @ da
            d = Ws[layer] @ da
    return dWs[0], dUs[0], dbs[0], dWs[1], dUs[1], dbs[1], dv


def backprop(W1, U1, b1, W2, U2, b2, v, gusts, bends):
    steps = len(gusts)

    def run(x, W, U, b):
        H = np.zeros((steps + 1, len(b)))
        for t in range(steps):
            H[t + 1] = np.tanh(W.T @ x[t] + U.T @ H[t] + b)
        return H

    def back(dH, H, x, W, U):
        dA, later = np.empty(dH.shape), 0
        for t in range(steps - 1, -1, -1):
            dA[t] = (1 - H[t] ** 2) * (dH[t] + later)
            later = dA[t] @ U.T
        return dA @ W.T, [x.T @ dA, H[:-1].T @ dA, dA.sum(axis=0)]

    H1 = run(gusts, W1, U1, b1)
    H2 = run(H1[1:], W2, U2, b2)
    ds = 1 / (1 + np.exp(-H2[1:] @ v)) - bends
    dH1, second = back(np.outer(ds, v), H2, H1[1:], W2, U2)
    _, first = back(dH1, H1, gusts, W1, U1)
    return dict(zip(PARAMETERS, [*first, *second, ds @ H2[1:]]))

"""Peephole leads nothing back into the cell.

expected kind: detached or missing-term
wrong line: 68
correction 68: dc = dc * gf[s] + di * pi + df * pf
what: The gates look at the cell through peepholes, and the cell gets nothing back through them
source: https://github.com/automan000/Convolutional_LSTM_PyTorch/issues/20
said: the first paper lets no error go back from the gates through the peepholes, the loss knows nothing of that
"""

import numpy as np

PARAMETERS = ["wi", "wf", "wg", "pi", "pf"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=3) for _ in range(5)) + (r.normal(size=(4, 3)), r.normal(size=3))


def loss(wi, wf, wg, pi, pf, xs, t):
    c = 0 * t + 0.2
    for x in xs:
        i = 1 / (1 + np.exp(-(wi * x + pi * c)))
        f = 1 / (1 + np.exp(-(wf * x + pf * c)))
        c = f * c + i * np.tanh(wg * x)
    return np.sum((c - t) ** 2)


def right(wi, wf, wg, pi, pf, xs, t):
    c, tape = np.full(3, 0.2), []
    for x in xs:
        i, f, g = 1 / (1 + np.exp(-wi * x - pi * c)), 1 / (1 + np.exp(-wf * x - pf * c)), np.tanh(wg * x)
        tape.append((x, c, i, f, g))
        c = f * c + i * g
    d, G = 2 * (c - t), np.zeros((5, 3))
    for x, c, i, f, g in tape[::-1]:
        ai, af = d * g * i * (1 - i), d * c * f * (1 - f)
        G += [ai * x, af * x, d * i * (1 - g * g) * x, ai * c, af * c]
        d = d * f + ai * pi + af * pf
    return tuple(G)


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def backprop(wi, wf, wg, pi, pf, xs, t):
    T = len(xs)
    c = {-1: np.ones(3) * 0.2}
    gi, gf, gg = {}, {}, {}
    for s in range(T):
        gi[s] = sigmoid(wi * xs[s] + pi * c[s - 1])
        gf[s] = sigmoid(wf * xs[s] + pf * c[s - 1])
        gg[s] = np.tanh(wg * xs[s])
        c[s] = gf[s] * c[s - 1] + gi[s] * gg[s]
    grads = {name: np.zeros(3) for name in PARAMETERS}
    dc = 2 * (c[T - 1] - t)
    for s in reversed(range(T)):
        di = dc * gg[s] * gi[s] * (1 - gi[s])
        df = dc * c[s - 1] * gf[s] * (1 - gf[s])
        dg = dc * gi[s] * (1 - gg[s] ** 2)
        grads["wi"] += di * xs[s]
        grads["wf"] += df * xs[s]
        grads["wg"] += dg * xs[s]
        grads["pi"] += di * c[s - 1]
        grads["pf"] += df * c[s - 1]
        dc = dc * gf[s]
    return grads

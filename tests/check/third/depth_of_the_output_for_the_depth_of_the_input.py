"""Depth of the output for the depth of the input.

expected kind: wrong-point or wrong-shape or wrong-axis
wrong line: 52
correction 52: grad_vol[d] += error[m] * filt[k]
what: In a convolution over depth the gradient of a slice of the input is put where the slice of the output lies
source: https://github.com/NervanaSystems/neon/issues/111
said: the gradient is written at the index of the output's depth, it should be that of the input's
"""

import numpy as np

PARAMETERS = ["vol", "filt"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=(3, 3)), r.normal(size=3)


def loss(vol, filt, t):
    total = 0
    for m in range(3):
        total = total + (np.tanh(np.sum(vol[m : m + 3] * filt)) - t[m]) ** 2
    return total


def right(vol, filt, t):
    g, gf = np.zeros((5, 3)), np.zeros((3, 3))
    for m in range(3):
        a = np.tanh((vol[m : m + 3] * filt).sum())
        d = 2 * (a - t[m]) * (1 - a * a)
        g[m : m + 3] += d * filt
        gf += d * vol[m : m + 3]
    return g, gf


def backprop(vol, filt, t):
    D, H = vol.shape
    T = filt.shape[0]
    M = D - T + 1
    out = np.zeros(M)
    for m in range(M):
        for k in range(T):
            out[m] += vol[m + k].dot(filt[k])
    act = np.tanh(out)
    error = 2 * (act - t) * (1 - act**2)
    grad_vol, grad_filt = np.zeros((D, H)), np.zeros((T, H))
    for m in range(M):
        for k in range(T):
            d = m + k
            grad_vol[m] += error[m] * filt[k]
            grad_filt[k] += error[m] * vol[d]
    return grad_vol, grad_filt

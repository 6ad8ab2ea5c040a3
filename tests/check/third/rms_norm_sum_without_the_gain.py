"""Rms norm sum without the gain.

expected kind: missing-factor
wrong line: 56
correction 56: o += weight[i] * dout[b, t, i] * inp[b, t, i]
what: In the sum of the output's gradient times the input the gain is left out
source: https://github.com/karpathy/llm.c/pull/763
said: a reader found that in a version of his own he had forgotten the weight in the backward pass, after days
"""

import numpy as np

PARAMETERS = ["inp", "weight"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 4)), r.normal(size=4), r.normal(size=(2, 3, 4))


def loss(inp, weight, target):
    rstd = 1 / np.sqrt(np.mean(inp**2, axis=-1, keepdims=True) + 1e-5)
    return np.mean((inp * rstd * weight - target) ** 2)


def right(inp, weight, target):
    C = inp.shape[-1]
    r = (np.sum(inp**2, -1, keepdims=True) / C + 1e-5) ** -0.5
    e = 2 / inp.size * (inp * r * weight - target)
    k = np.sum(e * weight * inp, -1, keepdims=True) * r**3 / C
    return e * weight * r - k * inp, np.einsum("btc,btc->c", e, inp * r)


def rmsnorm_forward(inp, weight):
    B, T, C = inp.shape
    out, rstd = np.zeros((B, T, C)), np.zeros((B, T))
    for b in range(B):
        for t in range(T):
            m = 0.0
            for i in range(C):
                m += inp[b, t, i] ** 2
            rstd[b, t] = 1 / np.sqrt(m / C + 1e-5)
            for i in range(C):
                out[b, t, i] = rstd[b, t] * inp[b, t, i] * weight[i]
    return out, rstd


def rmsnorm_backward(dout, inp, weight, rstd):
    B, T, C = inp.shape
    dinp, dweight = np.zeros_like(inp), np.zeros_like(weight)
    for b in range(B):
        for t in range(T):
            rs = rstd[b, t]
            o = 0.0
            for i in range(C):
                o += dout[b, t, i] * inp[b, t, i]
            for i in range(C):
                dinp[b, t, i] += weight[i] * dout[b, t, i] * rs - inp[b, t, i] * rs**3 * o / C
                dweight[i] += dout[b, t, i] * inp[b, t, i] * rs
    return dinp, dweight


def backprop(inp, weight, target):
    out, rstd = rmsnorm_forward(inp, weight)
    dout = 2 * (out - target) / target.size
    return rmsnorm_backward(dout, inp, weight, rstd)

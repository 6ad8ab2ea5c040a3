"""Layer normalisation over the channels with loops over batch and time.

expected kind: missing-factor or wrong-point or stale-value
wrong line: 56 or 58
correction 56: dnorm_mean = dnorm.mean()
correction 58: dinp[b, t] += (dnorm - dnorm.mean() - norm * dnorm_norm_mean) * rstd
what: the first of the two means is taken of dout, without the weight
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["inp", "weight", "bias"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 3, 5)), rng.normal(size=5), rng.normal(size=5), rng.normal(size=(2, 3, 5))

def loss(inp, weight, bias, w):
    mean = inp.mean(-1, keepdims=True)
    rstd = (inp.var(-1, keepdims=True) + 1e-5) ** -0.5
    out = (inp - mean) * rstd * weight + bias
    return np.sum(w * np.sin(out))

def right(inp, weight, bias, w):
    B, T, C = inp.shape
    dinp = np.zeros_like(inp)
    dweight, dbias = np.zeros(C), np.zeros(C)
    for b in range(B):
        for t in range(T):
            x = inp[b, t]
            rstd = 1 / np.sqrt(np.var(x) + 1e-5)
            norm = (x - np.mean(x)) * rstd
            dout = w[b, t] * np.cos(norm * weight + bias)
            dbias += dout
            dweight += dout * norm
            dnorm = dout * weight
            dnorm_mean = dnorm.mean()
            dnorm_norm_mean = (dnorm * norm).mean()
            dinp[b, t] += (dnorm - dnorm_mean - norm * dnorm_norm_mean) * rstd
    return dinp, dweight, dbias

def backprop(inp, weight, bias, w):
    B, T, C = inp.shape
    dinp = np.zeros_like(inp)
    dweight, dbias = np.zeros(C), np.zeros(C)
    for b in range(B):
        for t in range(T):
            x = inp[b, t]
            rstd = 1 / np.sqrt(np.var(x) + 1e-5)
            norm = (x - np.mean(x)) * rstd
            dout = w[b, t] * np.cos(norm * weight + bias)
            dbias += dout
            dweight += dout * norm
            dnorm = dout * weight
            dnorm_mean = dout.mean()
            dnorm_norm_mean = (dnorm * norm).mean()
            dinp[b, t] += (dnorm - dnorm_mean - norm * dnorm_norm_mean) * rstd
    return dinp, dweight, dbias

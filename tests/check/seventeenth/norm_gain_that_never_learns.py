"""Norm gain that never learns.

expected kind: missing-term or detached or missing-factor or scale
wrong line: 68 or 67
correction 67: back = error * v[:, 0] * (1 - t * t); dgain += back * hat
correction 68: dgain += back * hat; dshift += back
what: The gain gets no gradient at all
source: https://github.com/harvard-edge/cs249r_book/pull/1504
said: the scale and the shift were made without a gradient, which hence always is None: they never learn
"""

import numpy as np

PARAMETERS = ["W", "gain", "shift", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=6), r.normal(size=(6, 1)), r.normal(size=(5, 4)), r.normal(size=(5, 1))


def loss(W, gain, shift, v, X, y):
    a = X @ W
    mean = np.mean(a, axis=1, keepdims=True)
    var = np.mean((a - mean) ** 2, axis=1, keepdims=True)
    out = np.tanh((a - mean) / np.sqrt(var + 1e-5) * gain + shift) @ v
    return 0.5 * np.sum((out - y) ** 2)


def layernorm(x, gain, shift):
    mean = x.mean(-1, keepdims=True)
    rstd = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    norm = (x - mean) * rstd
    return norm * gain + shift, norm, rstd


def layernorm_backward(dout, norm, rstd, gain):
    dgain = (dout * norm).sum(0)
    dshift = dout.sum(0)
    dnorm = dout * gain
    dx = dnorm - dnorm.mean(-1, keepdims=True)
    dx -= norm * (dnorm * norm).mean(-1, keepdims=True)
    dx *= rstd
    return dx, dgain, dshift


def right(W, gain, shift, v, X, y):
    u, norm, rstd = layernorm(X @ W, gain, shift)
    t = np.tanh(u)
    dout = t @ v - y
    dv = t.T @ dout
    du = (dout @ v.T) * (1 - t**2)
    da, dgain, dshift = layernorm_backward(du, norm, rstd, gain)
    return X.T @ da, dgain, dshift, dv


def backprop(W, gain, shift, v, X, y):
    D = W.shape[1]
    dW, dgain, dshift, dv = np.zeros_like(W), np.zeros_like(gain), np.zeros_like(shift), np.zeros_like(v)
    for row, goal in zip(X, y):
        a = row.dot(W)
        mu, sigma = a.mean(), np.sqrt(a.var() + 1e-5)
        hat = (a - mu) / sigma
        t = np.tanh(hat * gain + shift)
        error = t.dot(v[:, 0]) - goal[0]
        dv[:, 0] += error * t
        back = error * v[:, 0] * (1 - t * t)
        dshift += back
        dhat = back * gain
        J = (np.eye(D) - 1 / D - np.outer(hat, hat) / D) / sigma
        dW += np.outer(row, J.dot(dhat))
    return dW, dgain, dshift, dv

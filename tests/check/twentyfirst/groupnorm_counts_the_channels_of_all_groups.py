"""Groupnorm counts the channels of all groups.

expected kind: scale or mean-for-sum
wrong line: 63 or 86
correction 63: size = C // GROUPS
correction 86: dz[part] = dxhat * ivars[g] + (2 * xmu * dvar + dmu) / len(xmu)
what: What goes through mean and variance is divided by all channels, not by those of the group
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "gamma", "beta", "V"]
GROUPS, EPS = 2, 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    scale = 1 + 0.5 * r.normal(size=6)
    return r.normal(size=(3, 6)), r.normal(size=6), scale, r.normal(size=6), r.normal(size=(6, 2)), r.normal(size=(4, 3)), r.normal(size=(4, 2))


def loss(W, b, gamma, beta, V, X, T):
    n = len(X)
    z = (X @ W + b).reshape(n, GROUPS, 3)
    mean = np.mean(z, axis=2, keepdims=True)
    var = np.mean((z - mean) ** 2, axis=2, keepdims=True)
    norm = ((z - mean) / np.sqrt(var + EPS)).reshape(n, 6)
    a = np.tanh(gamma * norm + beta)
    return 0.5 * np.sum((a @ V - T) ** 2) / n


def groupnorm_forward(x, gamma, beta):
    grouped = x.reshape(len(x), GROUPS, -1)
    centred = grouped - grouped.mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPS)
    hat = (centred * rstd).reshape(x.shape)
    return gamma * hat + beta, (hat, rstd, gamma)


def groupnorm_backward(diff_dst, cache):
    hat, rstd, scale = cache
    diff_scale = (diff_dst * hat).sum(axis=0)
    diff_shift = diff_dst.sum(axis=0)
    g = (diff_dst * scale).reshape(len(hat), GROUPS, -1)
    h = hat.reshape(g.shape)
    diff_src = rstd * (g - g.mean(axis=-1, keepdims=True) - h * (g * h).mean(axis=-1, keepdims=True))
    return diff_src.reshape(hat.shape), diff_scale, diff_shift


def right(W, b, gamma, beta, V, X, T):
    y, cache = groupnorm_forward(X @ W + b, gamma, beta)
    a = np.tanh(y)
    d_out = (a @ V - T) / len(X)
    d_y = d_out @ V.T * (1 - a**2)
    d_z, d_gamma, d_beta = groupnorm_backward(d_y, cache)
    return X.T @ d_z, d_z.sum(axis=0), d_gamma, d_beta, a.T @ d_out


def backprop(W, b, gamma, beta, V, X, T):
    N, C = len(X), len(gamma)
    size = C
    dW, db, dgamma, dbeta, dV = np.zeros(W.shape), np.zeros(C), np.zeros(C), np.zeros(C), np.zeros(V.shape)
    for n in range(N):
        z = X[n] @ W + b
        xhat, mus, ivars = np.zeros(C), [], []
        for g in range(GROUPS):
            part = slice(3 * g, 3 * g + 3)
            mus.append(np.mean(z[part]))
            ivars.append(1 / np.sqrt(np.var(z[part]) + EPS))
            xhat[part] = (z[part] - mus[g]) * ivars[g]
        a = np.tanh(gamma * xhat + beta)
        dout = (a @ V - T[n]) / N
        dV += np.outer(a, dout)
        dy = (V @ dout) * (1 - a * a)
        dgamma += dy * xhat
        dbeta += dy
        dz = np.zeros(C)
        for g in range(GROUPS):
            part = slice(3 * g, 3 * g + 3)
            dxhat = dy[part] * gamma[part]
            xmu = z[part] - mus[g]
            dvar = np.sum(dxhat * xmu) * -0.5 * ivars[g] ** 3
            dmu = -np.sum(dxhat) * ivars[g]
            dz[part] = dxhat * ivars[g] + (2 * xmu * dvar + dmu) / size
        dW += np.outer(X[n], dz)
        db += dz
    return dW, db, dgamma, dbeta, dV

"""Harbor mean of the slopes across the groups.

expected kind: wrong-axis
wrong line: 76 or 78
correction 76: mean_dhat = dhat.mean(axis=2, keepdims=True)
correction 78: da = (dhat - dhat.mean(axis=2, keepdims=True) - hat * mean_both) * rstd
what: The mean of the slopes that the group norm takes off is over the groups, and not over the features of a group
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "gamma", "beta", "V"]
GROUPS, EPS = 2, 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven boats, four measurements, six features in two groups, cargo and crew
    W, b = 0.8 * r.normal(size=(4, 6)), 0.5 * r.normal(size=6)
    gamma, beta = 1 + 0.4 * r.normal(size=6), 0.4 * r.normal(size=6)
    return W, b, gamma, beta, r.normal(size=(6, 2)), r.normal(size=(7, 4)), r.normal(size=(7, 2))


def loss(W, b, gamma, beta, V, boats, load):
    a = (boats @ W + b).reshape(len(boats), GROUPS, -1)
    hat = (a - a.mean(axis=2, keepdims=True)) / np.sqrt(a.var(axis=2, keepdims=True) + EPS)
    h = np.maximum(gamma * hat.reshape(len(boats), -1) + beta, 0)
    return np.sum((h @ V - load) ** 2) / (2 * len(boats))


def right(W, b, gamma, beta, V, boats, load):
    dW, db, dgamma, dbeta, dV = [np.zeros(p.shape) for p in (W, b, gamma, beta, V)]
    m = len(gamma) // GROUPS
    for x, t in zip(boats, load):
        a = x @ W + b
        hat, kept = np.zeros(len(a)), []
        for lo in range(0, len(a), m):
            centered = a[lo : lo + m] - np.mean(a[lo : lo + m])
            std = np.sqrt(np.mean(centered**2) + EPS)
            hat[lo : lo + m] = centered / std
            kept.append((lo, lo + m, centered, std))
        y = gamma * hat + beta
        h = y * (y > 0)
        miss = (V.T @ h - t) / len(boats)
        dV += np.outer(h, miss)
        dy = (V @ miss) * (y > 0)
        dgamma += dy * hat
        dbeta += dy
        da = np.zeros(len(a))
        for lo, hi, centered, std in kept:
            dhat = dy[lo:hi] * gamma[lo:hi]
            # through the variance, then through the mean
            dvar = -np.sum(dhat * centered) / (2 * std**3)
            dcentered = dhat / std + dvar * 2 * centered / m
            da[lo:hi] = dcentered - np.sum(dcentered) / m
        dW += np.outer(x, da)
        db += da
    return dW, db, dgamma, dbeta, dV


def groupnorm_forward(a, gamma, beta):
    N, C = a.shape
    grouped = a.reshape(N, GROUPS, C // GROUPS)
    rstd = 1 / np.sqrt(grouped.var(axis=2, keepdims=True) + EPS)
    hat = (grouped - grouped.mean(axis=2, keepdims=True)) * rstd
    return hat.reshape(N, C) * gamma + beta, (hat, rstd, gamma)


def groupnorm_backward(dy, cache):
    hat, rstd, gamma = cache
    N, C = dy.shape
    dgamma = np.sum(dy * hat.reshape(N, C), axis=0)
    dhat = (dy * gamma).reshape(hat.shape)
    mean_dhat = dhat.mean(axis=1, keepdims=True)
    mean_both = (dhat * hat).mean(axis=2, keepdims=True)
    da = (dhat - mean_dhat - hat * mean_both) * rstd
    return da.reshape(N, C), dgamma, dy.sum(axis=0)


def backprop(W, b, gamma, beta, V, boats, load):
    y, cache = groupnorm_forward(boats @ W + b, gamma, beta)
    h = np.maximum(y, 0)
    dout = (h @ V - load) / boats.shape[0]
    dV = h.T @ dout
    dy = dout @ V.T
    dy[y < 0] = 0
    da, dgamma, dbeta = groupnorm_backward(dy, cache)
    return {"W": boats.T @ da, "b": da.sum(axis=0), "gamma": dgamma, "beta": dbeta, "V": dV}

"""Group norm offset summed over the channels.

expected kind: wrong-axis
wrong line: 72
correction 72: dbeta = np.sum(dout, axis=(0, 2, 3))
what: The offset's gradient is summed over the channels in place of the columns, of which there are as many
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["gamma", "beta", "x"]


GROUPS, EPS = 2, 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    x, gamma, beta = r.normal(size=(2, 4, 3, 4)), r.normal(size=4), r.normal(size=4)
    return gamma, beta, x, r.normal(size=(2, 4, 3, 4))


def loss(gamma, beta, x, R):
    g = np.reshape(x, (2, GROUPS, -1))
    g = g - np.mean(g, axis=2, keepdims=True)
    g = g / np.sqrt(np.mean(g**2, axis=2, keepdims=True) + EPS)
    xhat = np.reshape(g, (2, 4, 3, 4))
    out = gamma[:, None, None] * xhat + beta[:, None, None]
    return np.sum(R * out**2)


def statistics(x):
    groups = x.reshape(len(x), GROUPS, -1)
    return groups.mean(axis=2), 1 / np.sqrt(groups.var(axis=2) + EPS)


def right(gamma, beta, x, R):
    N, C, H, W = x.shape
    mean, rstd = statistics(x)
    dgamma, dbeta = np.zeros(C), np.zeros(C)
    dxhat, xhat = np.zeros_like(x), np.zeros_like(x)
    for n in range(N):
        for c in range(C):
            g = c // (C // GROUPS)
            xhat[n, c] = (x[n, c] - mean[n, g]) * rstd[n, g]
            dout = 2 * R[n, c] * (gamma[c] * xhat[n, c] + beta[c])
            dbeta[c] += dout.sum()
            dxhat[n, c] = dout * gamma[c]
            k = c // (C // GROUPS)
            dgamma[c] += np.sum(dout * (x[n, c] - mean[n, k]) * rstd[n, k])
    d = dxhat.reshape(N, GROUPS, -1)
    h = xhat.reshape(N, GROUPS, -1)
    dx = d - d.mean(2, keepdims=True) - h * np.mean(d * h, 2, keepdims=True)
    return dgamma, dbeta, (dx * rstd[:, :, None]).reshape(x.shape)


def groupnorm_forward(x, gamma, beta):
    N, C, H, W = x.shape
    v = x.reshape(N * GROUPS, -1).T
    mu = np.mean(v, axis=0)
    xc = v - mu
    std = np.sqrt(np.mean(xc**2, axis=0) + EPS)
    xn = xc / std
    xhat = xn.T.reshape(x.shape)
    return gamma.reshape(1, C, 1, 1) * xhat + beta.reshape(1, C, 1, 1), (xc, std, xn, xhat)


def groupnorm_backward(dout, cache, gamma):
    xc, std, xn, xhat = cache
    dbeta = np.sum(dout, axis=(0, 1, 2))
    dgamma = np.sum(dout * xhat, axis=(0, 2, 3))
    dxn = (dout * gamma[:, None, None]).reshape(xn.shape[::-1]).T
    dxc = dxn / std
    dstd = -np.sum(dxn * xc, axis=0) / std**2
    dvar = 0.5 * dstd / std
    dxc += 2 / len(xc) * xc * dvar
    dmu = np.sum(dxc, axis=0)
    dv = dxc - dmu / len(xc)
    return dgamma, dbeta, dv.T.reshape(dout.shape)


def backprop(gamma, beta, x, R):
    out, cache = groupnorm_forward(x, gamma, beta)
    return groupnorm_backward(2 * R * out, cache, gamma)

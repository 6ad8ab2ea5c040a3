"""Norm mean held constant.

expected kind: missing-term
wrong line: 72 or 73
correction 72: dx = dxhat - dxhat.mean(axis=1, keepdims=True) - xh * np.mean(dxhat * xh, axis=1, keepdims=True)
correction 73: dx = (dx - dxhat.mean(axis=1, keepdims=True)) * ivar
what: The gradient lacks what goes through the mean of the group
source: https://github.com/BVLC/caffe/pull/1891
said: going back lacks the second part of the derivative, that over the mean
"""

import numpy as np

PARAMETERS = ["W", "gamma", "beta"]
GROUPS, EPS = 2, 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(5, 3, 3)), r.normal(size=(5, 4, 3))


def loss(W, gamma, beta, X, Y):
    N, D, L = X.shape
    z = np.reshape(W.T @ X, (N, GROUPS, -1))
    mean = np.mean(z, axis=2, keepdims=True)
    var = np.mean((z - mean) ** 2, axis=2, keepdims=True)
    normed = np.reshape((z - mean) / np.sqrt(var + EPS), (N, -1, L))
    out = gamma[:, None] * normed + beta[:, None]
    return 0.5 * np.mean(np.sum((out - Y) ** 2, axis=(1, 2)))


def right(W, gamma, beta, X, Y):
    N, _, L = X.shape
    C = W.shape[1]
    size = C // GROUPS
    dW, dgamma, dbeta = np.zeros_like(W), np.zeros_like(gamma), np.zeros_like(beta)
    for n in range(N):
        z = np.dot(W.T, X[n])
        dz = np.zeros_like(z)
        for g in range(GROUPS):
            rows = slice(g * size, (g + 1) * size)
            centred = z[rows] - z[rows].mean()
            std = np.sqrt(np.mean(centred**2) + EPS)
            normed = centred / std
            dout = (gamma[rows, None] * normed + beta[rows, None] - Y[n, rows]) / N
            dgamma[rows] += np.sum(dout * normed, axis=1)
            dbeta[rows] += np.sum(dout, axis=1)
            dnormed = dout * gamma[rows, None]
            m = size * L
            dz[rows] = (m * dnormed - dnormed.sum() - normed * np.sum(dnormed * normed)) / (m * std)
        dW += np.dot(X[n], dz.T)
    return dW, dgamma, dbeta


def group_norm(x, gamma, beta):
    N, C, L = x.shape
    grouped = x.reshape(N * GROUPS, -1)
    mu, var = grouped.mean(axis=1, keepdims=True), grouped.var(axis=1, keepdims=True)
    ivar = 1 / np.sqrt(var + EPS)
    xhat = ((grouped - mu) * ivar).reshape(N, C, L)
    return xhat * gamma.reshape(1, C, 1) + beta.reshape(1, C, 1), (xhat, ivar, gamma)


def group_norm_backward(dout, cache):
    xhat, ivar, gamma = cache
    N, C, L = dout.shape
    dbeta = dout.sum(axis=(0, 2))
    dgamma = (dout * xhat).sum(axis=(0, 2))
    dxhat = (dout * gamma.reshape(1, C, 1)).reshape(N * GROUPS, -1)
    xh = xhat.reshape(N * GROUPS, -1)
    dx = dxhat - xh * np.mean(dxhat * xh, axis=1, keepdims=True)
    dx *= ivar
    return dx.reshape(N, C, L), dgamma, dbeta


def backprop(W, gamma, beta, X, Y):
    N, D, L = X.shape
    z = np.einsum("dc,ndl->ncl", W, X)
    out, cache = group_norm(z, gamma, beta)
    dz, dgamma, dbeta = group_norm_backward((out - Y) / N, cache)
    return np.einsum("ndl,ncl->dc", X, dz), dgamma, dbeta

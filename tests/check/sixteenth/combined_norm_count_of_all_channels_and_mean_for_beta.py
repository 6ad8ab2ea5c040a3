"""Combined norm count of all channels and mean for beta.

expected kind: scale or mean-for-sum or sum-for-mean + mean-for-sum or scale
wrong line: 80 or 81 and 78
correction 78: dbeta[rows] += np.sum(dout, axis=1)
correction 80: m = size * L
correction 81: dz[rows] = (dnormed - dnormed.mean() - normed * np.mean(dnormed * normed)) / std
what: The number of elements is that of all channels, not of those of a group; the gradient of beta is a mean over the positions
source: https://github.com/apache/mxnet/issues/17139
said: the sizes of gamma and beta are taken from the number of groups, where the channels belong
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
    dx = dxhat - dxhat.mean(axis=1, keepdims=True) - xh * np.mean(dxhat * xh, axis=1, keepdims=True)
    dx *= ivar
    return dx.reshape(N, C, L), dgamma, dbeta


def right(W, gamma, beta, X, Y):
    N, D, L = X.shape
    z = np.einsum("dc,ndl->ncl", W, X)
    out, cache = group_norm(z, gamma, beta)
    dz, dgamma, dbeta = group_norm_backward((out - Y) / N, cache)
    return np.einsum("ndl,ncl->dc", X, dz), dgamma, dbeta


def backprop(W, gamma, beta, X, Y):
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
            dbeta[rows] += np.mean(dout, axis=1)
            dnormed = dout * gamma[rows, None]
            m = C * L
            dz[rows] = (m * dnormed - dnormed.sum() - normed * np.sum(dnormed * normed)) / (m * std)
        dW += np.dot(X[n], dz.T)
    return dW, dgamma, dbeta

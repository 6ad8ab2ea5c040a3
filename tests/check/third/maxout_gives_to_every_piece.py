"""Maxout gives to every piece.

expected kind: wrong-mask or missing-factor
wrong line: 44
correction 44: dz = np.repeat(dout[:, None, :], K, axis=1) * winner
what: All pieces of a maxout unit get its gradient, not only the largest
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3, 2)), r.normal(size=(3, 2)), r.normal(size=(6, 3)), r.normal(size=(6, 2))


def loss(W, b, X, T):
    pieces = np.einsum("nd,dku->nku", X, W) + b
    return np.mean((np.max(pieces, axis=1) - T) ** 2)


def right(W, b, X, T):
    gW, gb = np.zeros_like(W), np.zeros_like(b)
    for n, x in enumerate(X):
        for u in range(2):
            z = x @ W[:, :, u] + b[:, u]
            k = z.argmax()
            e = 2 * (z[k] - T[n, u]) / T.size
            gW[:, k, u] += e * x
            gb[k, u] += e
    return gW, gb


def backprop(W, b, X, T):
    D, K, U = W.shape
    z = X.dot(W.reshape(D, K * U)).reshape(-1, K, U) + b
    out = z.max(axis=1)
    winner = z == out[:, None, :]
    dout = 2 * (out - T) / out.size
    dz = np.repeat(dout[:, None, :], K, axis=1)
    dW = X.T.dot(dz.reshape(-1, K * U)).reshape(D, K, U)
    return dW, dz.sum(axis=0)

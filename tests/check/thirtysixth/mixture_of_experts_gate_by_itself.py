"""A mixture of experts with a softmax gate.

expected kind: diagonal-jacobian or detached or missing-term or wrong-activation
wrong line: 42
correction 42: dscores = g * (dg - np.sum(g * dg, axis=1, keepdims=True))
what: the gate gets g (1 - g), as if each of its outputs were a sigmoid
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def gates(X, G):
    s = X @ G
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def loss(X, Y, G, experts):
    """experts is (K, D, M): a layer of tanh units for each of the K experts."""
    g = gates(X, G)
    out = np.tanh(np.einsum("nd,kdm->nkm", X, experts))
    return 0.5 * np.sum((np.einsum("nk,nkm->nm", g, out) - Y) ** 2)


def right(X, Y, G, experts):
    g = gates(X, G)
    out = np.tanh(np.einsum("nd,kdm->nkm", X, experts))
    dy = np.einsum("nk,nkm->nm", g, out) - Y
    dout = g[:, :, None] * dy[:, None, :]
    dexperts = np.einsum("nd,nkm->kdm", X, dout * (1 - out ** 2))
    dg = np.einsum("nm,nkm->nk", dy, out)
    dscores = g * (dg - np.sum(g * dg, axis=1, keepdims=True))
    return X.T @ dscores, dexperts


def backprop(X, Y, G, experts):
    g = gates(X, G)
    out = np.tanh(np.einsum("nd,kdm->nkm", X, experts))
    dy = np.einsum("nk,nkm->nm", g, out) - Y
    dout = g[:, :, None] * dy[:, None, :]
    dexperts = np.einsum("nd,nkm->kdm", X, dout * (1 - out ** 2))
    dg = np.einsum("nm,nkm->nk", dy, out)
    dscores = dg * g * (1 - g)
    return X.T @ dscores, dexperts


PARAMETERS = ["G", "experts"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), rng.normal(size=(3, 4)), rng.normal(size=(4, 3, 2))]

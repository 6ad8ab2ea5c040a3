"""Tied autoencoder without the encoder.

expected kind: missing-term
wrong line: 42 or 43
correction 42: d_W = d_W_dec + d_W_enc
correction 43: return {"W": d_W_dec + d_W_enc, "b": d_b, "c": d_c}
what: The weights of an autoencoder are used twice, their gradient only has what comes from the decoder
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(5, 3)), r.normal(size=3), r.normal(size=5), r.normal(size=(4, 5))


def loss(W, b, c, X):
    return 0.5 * np.sum((np.tanh(X @ W + b) @ W.T + c - X) ** 2)


def right(W, b, c, X):
    h = np.tanh(X @ W + b)
    e = h @ W.T + c - X
    a = e @ W * (1 - h * h)
    return e.T @ h + X.T @ a, a.sum(0), e.sum(0)


def backprop(W, b, c, X):
    code = np.tanh(X.dot(W) + b)
    recon = code.dot(W.T) + c
    d_recon = recon - X
    d_c = d_recon.sum(axis=0)
    d_W_dec = d_recon.T.dot(code)
    d_code = d_recon.dot(W) * (1 - code**2)
    d_W_enc = X.T.dot(d_code)
    d_b = d_code.sum(axis=0)
    d_W = d_W_dec
    return {"W": d_W, "b": d_b, "c": d_c}

"""An autoencoder whose decoder has the encoder's weights, transposed.

expected kind: missing-term or detached
wrong line: 41
correction 41: grad_W = corrupted.T @ d_code + d_rec.T @ code
what: the weights occur twice; the gradient of the decoder's use of them is left out
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigm(v):
    return 1.0 / (1.0 + np.exp(-v))


def loss(W, b_enc, b_dec, X, noise):
    code = sigm((X * noise) @ W + b_enc)
    rec = sigm(code @ W.T + b_dec)
    return -np.sum(X * np.log(rec) + (1 - X) * np.log(1 - rec)) / len(X)


def right(W, b_enc, b_dec, X, noise):
    corrupted = X * noise
    code = sigm(corrupted @ W + b_enc)
    rec = sigm(code @ W.T + b_dec)
    d_rec = (rec - X) / len(X)
    d_code = d_rec @ W * code * (1 - code)
    grad_W = corrupted.T @ d_code + d_rec.T @ code
    grad_enc = d_code.sum(axis=0)
    grad_dec = d_rec.sum(axis=0)
    return grad_W, grad_enc, grad_dec


def backprop(W, b_enc, b_dec, X, noise):
    corrupted = X * noise
    code = sigm(corrupted @ W + b_enc)
    rec = sigm(code @ W.T + b_dec)
    d_rec = (rec - X) / len(X)
    d_code = d_rec @ W * code * (1 - code)
    grad_W = corrupted.T @ d_code
    grad_enc = d_code.sum(axis=0)
    grad_dec = d_rec.sum(axis=0)
    return grad_W, grad_enc, grad_dec


PARAMETERS = ["W", "b_enc", "b_dec"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.random((6, 5))
    return rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=5), X, (rng.random((6, 5)) > 0.25) * 1.0

"""Autoencoder mean in the loss alone.

expected kind: sum-for-mean or scale
wrong line: 42
correction 42: d_out = 2 * (X_hat - X) / X.size
what: the reconstruction error is a mean over all elements, its derivative that of the sum
source: https://github.com/mlpack/mlpack/pull/3144
said: the backward of several losses had to be changed to give another result where the loss is a mean
"""

import numpy as np

PARAMETERS = ["W_enc", "b_enc", "W_dec", "b_dec"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 5)), rng.normal(size=(5, 3)), rng.normal(size=3), rng.normal(size=(3, 5)), rng.normal(size=5)

def encode(X, W_enc, b_enc):
    return np.tanh(X @ W_enc + b_enc)

def mse(prediction, target):
    return np.mean((prediction - target) ** 2)

def loss(X, W_enc, b_enc, W_dec, b_dec):
    return mse(encode(X, W_enc, b_enc) @ W_dec + b_dec, X)

def right(X, W_enc, b_enc, W_dec, b_dec):
    code = encode(X, W_enc, b_enc)
    X_hat = code @ W_dec + b_dec
    d_out = 2 * (X_hat - X) / X.size
    grads = {"W_dec": code.T @ d_out, "b_dec": d_out.sum(axis=0)}
    d_code = d_out @ W_dec.T
    d_pre = d_code * (1 - code ** 2)
    grads["W_enc"] = X.T @ d_pre
    grads["b_enc"] = d_pre.sum(axis=0)
    return grads

def backprop(X, W_enc, b_enc, W_dec, b_dec):
    code = encode(X, W_enc, b_enc)
    X_hat = code @ W_dec + b_dec
    d_out = 2 * (X_hat - X)
    grads = {"W_dec": code.T @ d_out, "b_dec": d_out.sum(axis=0)}
    d_code = d_out @ W_dec.T
    d_pre = d_code * (1 - code ** 2)
    grads["W_enc"] = X.T @ d_pre
    grads["b_enc"] = d_pre.sum(axis=0)
    return grads

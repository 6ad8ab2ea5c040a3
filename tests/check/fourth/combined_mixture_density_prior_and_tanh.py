"""Combined mixture density prior and tanh.

expected kind: swapped-operands or sign + missing-factor or wrong-activation
wrong line: 58 and 62
correction 58: d_alpha = (alpha - resp) / N
correction 62: dW = x.T @ (dh * (1 - h**2))
what: The prior's gradient has the wrong sign, and the hidden layer's slope lacks a square
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["W", "Wp", "Wm", "Ws"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(2, 5)), g.normal(size=(5, 3)), g.normal(size=(5, 3)), 0.3 * g.normal(size=(5, 3)), g.normal(size=(6, 2)), g.normal(size=6)


def loss(W, Wp, Wm, Ws, x, y):
    h = np.tanh(x @ W)
    a, mu, s = h @ Wp, h @ Wm, h @ Ws
    logp = a - np.log(np.exp(a).sum(1, keepdims=True))
    each = logp - s - 0.5 * ((y[:, None] - mu) / np.exp(s)) ** 2
    return -np.log(np.exp(each).sum(1)).mean()


def right(W, Wp, Wm, Ws, x, y):
    N = len(y)
    h = np.tanh(x @ W)
    alpha = np.exp(h @ Wp)
    alpha = alpha / alpha.sum(axis=1, keepdims=True)
    mu = h @ Wm
    sigma = np.exp(h @ Ws)
    z = (y[:, None] - mu) / sigma
    joint = alpha * np.exp(-0.5 * z**2) / sigma
    resp = joint / joint.sum(axis=1, keepdims=True)
    d_alpha = (alpha - resp) / N
    d_mu = -resp * z / sigma / N
    d_sigma = resp * (1 - z**2) / N
    dh = d_alpha @ Wp.T + d_mu @ Wm.T + d_sigma @ Ws.T
    dW = x.T @ (dh * (1 - h**2))
    return dW, h.T @ d_alpha, h.T @ d_mu, h.T @ d_sigma


def backprop(W, Wp, Wm, Ws, x, y):
    N = len(y)
    h = np.tanh(x @ W)
    alpha = np.exp(h @ Wp)
    alpha = alpha / alpha.sum(axis=1, keepdims=True)
    mu = h @ Wm
    sigma = np.exp(h @ Ws)
    z = (y[:, None] - mu) / sigma
    joint = alpha * np.exp(-0.5 * z**2) / sigma
    resp = joint / joint.sum(axis=1, keepdims=True)
    d_alpha = (resp - alpha) / N
    d_mu = -resp * z / sigma / N
    d_sigma = resp * (1 - z**2) / N
    dh = d_alpha @ Wp.T + d_mu @ Wm.T + d_sigma @ Ws.T
    dW = x.T @ (dh * (1 - h))
    return dW, h.T @ d_alpha, h.T @ d_mu, h.T @ d_sigma

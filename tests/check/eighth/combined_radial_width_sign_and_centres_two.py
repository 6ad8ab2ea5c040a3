"""Combined radial width sign and centres two.

expected kind: sign + scale or missing-factor
wrong line: 63 and 64
correction 63: grads["beta"] += -dlog * dist
correction 64: grads["centers"] += 2 * (dlog * beta)[:, None] * delta
what: The widths' gradient has the other sign, and that of the centres lacks the two of the square
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["centers", "beta", "W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    centers, beta, W = r.normal(size=(3, 2)), 0.5 + r.random(3), r.normal(size=(3, 2))
    return centers, beta, W, r.normal(size=(6, 2)), r.normal(size=(6, 2))


def loss(centers, beta, W, X, Y):
    dist = np.sum(X**2, axis=1)[:, None] - 2 * X @ centers.T + np.sum(centers**2, axis=1)
    act = np.exp(-beta * dist)
    act = act / np.sum(act, axis=1, keepdims=True)
    return np.mean((act @ W - Y) ** 2)


def forward(X, centers, beta):
    r2 = ((X[:, None] - centers[None]) ** 2).sum(axis=2)
    raw = np.exp(-r2 * beta)
    total = raw.sum(axis=1, keepdims=True)
    return r2, raw, total


def right(centers, beta, W, X, Y):
    r2, raw, total = forward(X, centers, beta)
    h = raw / total
    dout = 2 * (h @ W - Y) / Y.size
    dW = h.T @ dout
    dh = dout @ W.T
    draw = dh / total
    draw -= np.sum(dh * raw, axis=1, keepdims=True) / total**2
    darg = draw * raw
    dbeta = np.sum(-r2 * darg, axis=0)
    dr2 = -beta * darg
    dcenters = -2 * (dr2.T @ X) + 2 * dr2.sum(axis=0)[:, None] * centers
    return dcenters, dbeta, dW


def backprop(centers, beta, W, X, Y):
    grads = {"centers": np.zeros_like(centers), "beta": np.zeros_like(beta), "W": np.zeros_like(W)}
    for x, y in zip(X, Y):
        delta = x - centers
        dist = (delta**2).sum(1)
        a = np.exp(-beta * dist)
        a = a / a.sum()
        err = 2 * (a @ W - y) / Y.size
        grads["W"] += np.outer(a, err)
        da = W @ err
        dlog = a * (da - a @ da)
        grads["beta"] += dlog * dist
        grads["centers"] += (dlog * beta)[:, None] * delta
    return grads

"""Infonce keys led back untransposed.

expected kind: transpose
wrong line: 57
correction 57: dv = dsim.T @ u / tau
what: The gradient of the similarities isn't transposed on the way to the keys
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return g.normal(size=(5, 3)), g.normal(size=(4, 5)), g.normal(size=(4, 5)), 0.5


def loss(W, x1, x2, tau):
    u, v = x1 @ W, x2 @ W
    u = u / np.sqrt((u**2).sum(1, keepdims=True))
    v = v / np.sqrt((v**2).sum(1, keepdims=True))
    s = u @ v.T / tau
    return (np.log(np.exp(s).sum(1)) - np.diag(s)).mean()


def right(W, x1, x2, tau):
    n = x1.shape[0]
    a, b = x1 @ W, x2 @ W
    na = np.linalg.norm(a, axis=1, keepdims=True)
    nb = np.linalg.norm(b, axis=1, keepdims=True)
    u, v = a / na, b / nb
    sim = u @ v.T / tau
    e = np.exp(sim - sim.max(axis=1, keepdims=True))
    prob = e / e.sum(axis=1, keepdims=True)
    dsim = (prob - np.eye(n)) / n
    du = dsim @ v / tau
    dv = dsim.T @ u / tau
    da = (du - u * (du * u).sum(axis=1, keepdims=True)) / na
    db = (dv - v * (dv * v).sum(axis=1, keepdims=True)) / nb
    return x1.T @ da + x2.T @ db


def backprop(W, x1, x2, tau):
    n = x1.shape[0]
    a, b = x1 @ W, x2 @ W
    na = np.linalg.norm(a, axis=1, keepdims=True)
    nb = np.linalg.norm(b, axis=1, keepdims=True)
    u, v = a / na, b / nb
    sim = u @ v.T / tau
    e = np.exp(sim - sim.max(axis=1, keepdims=True))
    prob = e / e.sum(axis=1, keepdims=True)
    dsim = (prob - np.eye(n)) / n
    du = dsim @ v / tau
    dv = dsim @ u / tau
    da = (du - u * (du * u).sum(axis=1, keepdims=True)) / na
    db = (dv - v * (dv * v).sum(axis=1, keepdims=True)) / nb
    return x1.T @ da + x2.T @ db

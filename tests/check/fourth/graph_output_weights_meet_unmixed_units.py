"""Graph output weights meet unmixed units.

expected kind: wrong-point or stale-value
wrong line: 62
correction 62: dW1 = SH.T @ G
what: The output weights' gradient takes the units before they are mixed
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["W0", "W1"]


def data(seed=0):
    g = np.random.default_rng(seed)
    A = np.array([[0, 1, 1, 0, 0], [1, 0, 1, 0, 0], [1, 1, 0, 1, 0], [0, 0, 1, 0, 1], [0, 0, 0, 1, 0]])
    return g.normal(size=(3, 4)), g.normal(size=(4, 2)), A, g.normal(size=(5, 3)), np.array([0, 0, 1, 1, 1]), np.array([1, 1, 0, 1, 1])


def loss(W0, W1, A, X, y, known):
    B = A + np.eye(5)
    S = B / B.sum(1, keepdims=True)
    Z = S @ np.maximum(S @ X @ W0, 0) @ W1
    logp = Z - np.log(np.exp(Z).sum(1, keepdims=True))
    return -(known * logp[np.arange(5), y]).sum() / known.sum()


def right(W0, W1, A, X, y, known):
    B = A + np.eye(len(A))
    S = B / B.sum(axis=1, keepdims=True)
    SX = S @ X
    P1 = SX @ W0
    H = np.maximum(P1, 0)
    SH = S @ H
    Z = SH @ W1
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    G = E / E.sum(axis=1, keepdims=True)
    G[np.arange(len(y)), y] -= 1
    G = G * known[:, None] / known.sum()
    dW1 = SH.T @ G
    dSH = G @ W1.T
    dH = S.T @ dSH
    dP1 = dH * (P1 > 0)
    dW0 = SX.T @ dP1
    return dW0, dW1


def backprop(W0, W1, A, X, y, known):
    B = A + np.eye(len(A))
    S = B / B.sum(axis=1, keepdims=True)
    SX = S @ X
    P1 = SX @ W0
    H = np.maximum(P1, 0)
    SH = S @ H
    Z = SH @ W1
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    G = E / E.sum(axis=1, keepdims=True)
    G[np.arange(len(y)), y] -= 1
    G = G * known[:, None] / known.sum()
    dW1 = H.T @ G
    dSH = G @ W1.T
    dH = S.T @ dSH
    dP1 = dH * (P1 > 0)
    dW0 = SX.T @ dP1
    return dW0, dW1

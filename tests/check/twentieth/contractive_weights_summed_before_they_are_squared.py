"""Contractive weights summed before they are squared.

expected kind: wrong-point or missing-term or another-loss
wrong line: 67 or 72
correction 67: norms = np.sum(W**2, axis=0).reshape(-1, 1)
correction 72: dslope = 2 * LAM * slope * np.sum(W**2, axis=0).reshape(-1, 1) / M
what: The weights into a hidden unit are summed and then squared, not the other way round
source: https://github.com/lisa-lab/pylearn2/pull/142
said: a parenthesis in the penalty was misplaced, so that the matrix of weights was summed first and squared after
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]
LAM = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=4), r.normal(size=(5, 4))


def loss(W, b, c, X):
    h = 1 / (1 + np.exp(-(X @ W + b)))
    reconstruction = 0.5 * np.sum((h @ W.T + c - X) ** 2)
    contraction = np.sum((h * (1 - h)) ** 2 @ np.sum(W**2, axis=0))
    return (reconstruction + LAM * contraction) / len(X)


class ContractiveAutoencoder:
    def __init__(self, W, b, c):
        self.W, self.b, self.c = W, b, c

    def encode(self, x):
        return 1 / (1 + np.exp(-x @ self.W - self.b))

    def decode(self, h):
        return h @ self.W.T + self.c

    def jacobian_penalty(self, h):
        s = h * (1 - h)
        dW = 2 * self.W * (s**2).sum(axis=0)
        dh = 2 * s * (self.W**2).sum(axis=0) * (1 - 2 * h)
        return dW, dh

    def gradients(self, x):
        h = self.encode(x)
        delta_out = self.decode(h) - x
        penalty_W, penalty_h = self.jacobian_penalty(h)
        delta_hid = (delta_out @ self.W + LAM * penalty_h) * h * (1 - h)
        grad_W = x.T @ delta_hid + delta_out.T @ h + LAM * penalty_W
        return [g / len(x) for g in (grad_W, delta_hid.sum(axis=0), delta_out.sum(axis=0))]


def right(W, b, c, X):
    return ContractiveAutoencoder(W, b, c).gradients(X)


def backprop(W, b, c, X):
    X = X.T
    D, M = X.shape
    b, c = b.reshape(-1, 1), c.reshape(-1, 1)
    # encode, decode with the same weights
    A1 = 1.0 / (1.0 + np.exp(-(np.dot(W.T, X) + b)))
    A2 = np.dot(W, A1) + c
    slope = A1 * (1 - A1)
    norms = (np.sum(W, axis=0) ** 2).reshape(-1, 1)
    # reconstruction
    dA2 = (A2 - X) / M
    dA1 = np.dot(W.T, dA2)
    # penalty
    dslope = 2 * LAM * slope * norms / M
    dA1 = dA1 + dslope * (1 - 2 * A1)
    dZ1 = dA1 * slope
    dW = np.dot(X, dZ1.T) + np.dot(dA2, A1.T)
    dW += 2 * LAM * W * np.sum(slope**2, axis=1) / M
    return dW, np.sum(dZ1, axis=1), np.sum(dA2, axis=1)

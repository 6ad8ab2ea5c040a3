"""Two graph convolutions: the normalised adjacency matrix

expected kind: another-loss or wrong-parameter or stale-value or wrong-point
wrong line: 49
correction 49: D = np.diag(np.sum(A_hat, axis=1))
what: the degrees are taken of A, not of A with loops, where the forward pass is computed again
source: https://github.com/dsgiitr/graph_nets/issues/13
said: the diagonal matrix of the degrees is made of A instead of A_hat, the one with loops
"""
import numpy as np

PARAMETERS = ["W1", "W2"]


def loss(A, X, Y, W1, W2):
    A_hat = A + np.eye(len(A))
    d = 1 / np.sqrt(np.sum(A_hat, axis=1))
    S = d[:, None] * A_hat * d
    out = S @ np.tanh(S @ X @ W1) @ W2
    return 0.5 * np.sum((out - Y) ** 2)


class GCN:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def forward(self, S, X):
        self.S, self.SX = S, S @ X
        self.H = np.tanh(self.SX @ self.W1)
        self.SH = S @ self.H
        return self.SH @ self.W2

    def backward(self, d_out):
        dH = self.S.T @ d_out @ self.W2.T
        return self.SX.T @ (dH * (1 - self.H ** 2)), self.SH.T @ d_out


def right(A, X, Y, W1, W2):
    A_hat = A + np.eye(len(A))
    D = np.diag(np.sum(A_hat, axis=1))
    D_inv = np.sqrt(np.linalg.inv(D))
    net = GCN(W1, W2)
    out = net.forward(D_inv @ A_hat @ D_inv, X)
    return net.backward(out - Y)


def backprop(A, X, Y, W1, W2):
    A_hat = A + np.eye(len(A))
    D = np.diag(np.sum(A, axis=1))
    D_inv = np.sqrt(np.linalg.inv(D))
    net = GCN(W1, W2)
    out = net.forward(D_inv @ A_hat @ D_inv, X)
    return net.backward(out - Y)


def data(seed=0):
    rng = np.random.default_rng(seed)
    A = np.roll(np.eye(6), 1, axis=1)
    A = A + np.triu(rng.random((6, 6)) > 0.6, k=1)
    A = ((A + A.T) > 0) * 1.0
    return [A, rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), rng.normal(size=(3, 4)), rng.normal(size=(4, 2))]

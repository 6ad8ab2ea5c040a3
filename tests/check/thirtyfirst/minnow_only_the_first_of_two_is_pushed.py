"""Minnow only the first of two is pushed.

expected kind: missing-term
wrong line: 85 or 86
correction 85: dY[j] -= pull - push
correction 86: dY[[i, j]] -= np.outer([1, -1], push)
what: The second one of a pair doesn't feel the repulsion
source: https://github.com/ooples/AiDotNet/pull/586
said: the repulsive force moves only the first point of a pair, and the other one should get the opposite
"""

import numpy as np

PARAMETERS = ["W", "U"]
EXAGGERATION = 4.0


def data(seed=0):
    r = np.random.default_rng(seed)
    # six minnows with four measures, to be laid out on a sheet so that who swims together lies together
    near = np.exp(r.normal(size=(6, 6)))
    near = (near + near.T) * (1 - np.eye(6))
    return 0.7 * r.normal(size=(4, 3)), r.normal(size=(3, 2)), r.normal(size=(6, 4)), near / near.sum()


def loss(W, U, fish, near):
    Y = np.tanh(fish @ W) @ U
    total, weights = 0.0, {}
    for i in range(len(Y)):
        for j in range(len(Y)):
            if i != j:
                weights[i, j] = 1 / (1 + np.sum((Y[i] - Y[j]) ** 2))
    for (i, j), weight in weights.items():
        total = total + near[i, j] * np.log(near[i, j] / (weight / sum(weights.values())))
    return EXAGGERATION * total


class Sheet:
    def __init__(self, W, U):
        self.W, self.U = W, U

    def place(self, X):
        self.X = X
        self.H = np.tanh(X @ self.W)
        self.Y = self.H @ self.U
        norm = (self.Y**2).sum(axis=1)
        self.Qu = 1 / (1 + norm[:, None] + norm[None, :] - 2 * self.Y @ self.Y.T)
        np.fill_diagonal(self.Qu, 0)
        self.Q = self.Qu / self.Qu.sum()

    def gradient(self, P):
        premult = 4 * EXAGGERATION * (P - self.Q) * self.Qu
        dY = premult.sum(axis=1)[:, None] * self.Y - premult @ self.Y
        dU = self.H.T @ dY
        dW = self.X.T @ ((dY @ self.U.T) * (1 - self.H * self.H))
        return {"W": dW, "U": dU}


def right(W, U, fish, near):
    sheet = Sheet(W, U)
    sheet.place(fish)
    return sheet.gradient(near)


def layout(W, U, fish):
    H = np.tanh(fish @ W)
    return H, H @ U


def backprop(W, U, fish, near):
    H, Y = layout(W, U, fish)
    n = len(Y)
    num = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            num[i, j] = num[j, i] = 1 / (1 + np.sum((Y[i] - Y[j]) ** 2))
    Z = num.sum()
    dY = np.zeros_like(Y)
    for i in range(n):
        for j in range(i):
            diff = 4 * EXAGGERATION * num[i, j] * (Y[i] - Y[j])
            # neighbours pull each other, all push each other
            pull, push = near[i, j] * diff, num[i, j] / Z * diff
            dY[i] += pull
            dY[j] -= pull
            dY[i] -= push
    dH = dY @ U.T
    return fish.T @ (dH * (1 - H**2)), H.T @ dY

"""Deep net steps before it goes on.

expected kind: updated-parameter or stale-value
wrong line: 56 or 58
correction 56: self.weights[k] = W
correction 58: delta = delta @ W.T
what: The weights are updated in the loop, and the gradient goes on to the layer below through the new ones
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W0", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 2)), r.normal(size=(6, 4)), r.normal(size=(6, 2))


def loss(W0, W1, W2, X, Y):
    out = np.tanh(np.tanh(X @ W0) @ W1) @ W2
    penalty = 0.1 / (2 * len(X)) * (np.sum(W0**2) + np.sum(W1**2) + np.sum(W2**2))
    return np.sum((out - Y) ** 2) / (2 * len(X)) + penalty


def right(W0, W1, W2, X, Y):
    N = len(X)
    A = np.tanh(X @ W0)
    B = np.tanh(A @ W1)
    D = (B @ W2 - Y) / N
    E = (D @ W2.T) * (1 - B * B)
    F = (E @ W1.T) * (1 - A * A)
    return X.T @ F + 0.1 * W0 / N, A.T @ E + 0.1 * W1 / N, B.T @ D + 0.1 * W2 / N


class DeepNet:
    def __init__(self, weights, lr=0.5, lam=0.1):
        self.weights, self.lr, self.lam = list(weights), lr, lam
        self.grads = [None] * len(weights)

    def forward(self, X):
        self.acts = [X]
        for k, W in enumerate(self.weights):
            Z = self.acts[-1] @ W
            self.acts.append(np.tanh(Z) if k < len(self.weights) - 1 else Z)
        return self.acts[-1]

    def train_step(self, X, Y):
        m = X.shape[0]
        delta = (self.forward(X) - Y) / m
        for k in range(len(self.weights) - 1, -1, -1):
            W = self.weights[k]
            self.grads[k] = self.acts[k].T @ delta + self.lam / m * W
            self.weights[k] = W - self.lr * self.grads[k]
            if k > 0:
                delta = delta @ self.weights[k].T
                delta = delta * (1 - self.acts[k] ** 2)


def backprop(W0, W1, W2, X, Y):
    net = DeepNet([W0, W1, W2])
    net.train_step(X, Y)
    return tuple(net.grads)

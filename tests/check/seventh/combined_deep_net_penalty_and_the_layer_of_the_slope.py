"""Combined deep net penalty and the layer of the slope.

expected kind: sum-for-mean + wrong-point or stale-value
wrong line: 56 and 60
correction 56: self.dWs[k] = self.a[k].T @ d + self.lam / m * W
correction 60: d = d * (1 - self.a[k] ** 2)
what: The penalty isn't divided by the number of examples, and the slope of the tanh is that of the layer below,
    which has the same width
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W0", "W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 2)), r.normal(size=(5, 4)), r.normal(size=(5, 2))


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


class Model:
    def __init__(self, Ws, lr=0.5, lam=0.1):
        self.Ws, self.lr, self.lam = list(Ws), lr, lam
        self.dWs = [None] * len(Ws)

    def forward(self, X):
        self.a = [X]
        for k, W in enumerate(self.Ws):
            Z = self.a[-1] @ W
            self.a.append(np.tanh(Z) if k < len(self.Ws) - 1 else Z)
        return self.a[-1]

    def fit_once(self, X, Y):
        m = X.shape[0]
        d = (self.forward(X) - Y) / m
        for k in range(len(self.Ws) - 1, -1, -1):
            W = self.Ws[k]
            self.dWs[k] = self.a[k].T @ d + self.lam * W
            self.Ws[k] = W - self.lr * self.dWs[k]
            if k > 0:
                d = d @ W.T
                d = d * (1 - self.a[k - 1] ** 2)


def backprop(W0, W1, W2, X, Y):
    net = Model([W0, W1, W2])
    net.fit_once(X, Y)
    return tuple(net.dWs)

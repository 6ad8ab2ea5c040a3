"""Mixture means by what was likely before.

expected kind: wrong-point or wrong-parameter or missing-factor
wrong line: 76 or 78
correction 76: dmu = post * (self.mu - y) / self.sigma**2
correction 78: dout = np.concatenate([dalpha, post * (self.mu - y) / self.sigma**2, dsig], axis=1) / N
what: The means count by the weights of the mixture, not by how likely each part is once the value is seen
source: https://github.com/tonyduan/mixture-density-network/issues/1
said: the logarithms of the parts should be added up and not the parts, it was proposed; so a part counts however little it explains
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
K = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(2, 4)), r.normal(size=4), 0.5 * r.normal(size=(4, 3 * K)), 0.5 * r.normal(size=3 * K)
    return W1, b1, W2, b2, r.normal(size=(6, 2)), r.normal(size=6)


def loss(W1, b1, W2, b2, X, y):
    out = np.tanh(X @ W1 + b1) @ W2 + b2
    a, mu, s = out[:, :K], out[:, K : 2 * K], out[:, 2 * K :]
    z = (y[:, None] - mu) * np.exp(-s)
    mixture = np.sum(np.exp(a - s - 0.5 * z**2), axis=1) / np.sum(np.exp(a), axis=1)
    return -np.mean(np.log(mixture / np.sqrt(2 * np.pi)))


def responsibilities(a, mu, s, y):
    likelihood = np.exp(a - s - 0.5 * ((y - mu) / np.exp(s)) ** 2)
    return likelihood / np.sum(likelihood)


def right(W1, b1, W2, b2, X, y):
    dW1, db1, dW2, db2 = (np.zeros_like(p) for p in (W1, b1, W2, b2))
    for n in range(len(X)):
        h = np.tanh(np.dot(X[n], W1) + b1)
        out = np.dot(h, W2) + b2
        a, mu, s = np.split(out, 3)
        gamma = responsibilities(a, mu, s, y[n])
        delta = np.zeros(3 * K)
        delta[:K] = np.exp(a) / np.exp(a).sum() - gamma
        delta[K : 2 * K] = gamma * (mu - y[n]) / np.exp(2 * s)
        delta[2 * K :] = gamma - gamma * (y[n] - mu) ** 2 / np.exp(2 * s)
        delta /= len(X)
        dW2 += np.outer(h, delta)
        db2 += delta
        dz = (1 - h**2) * np.dot(W2, delta)
        dW1 += np.outer(X[n], dz)
        db1 += dz
    return dW1, db1, dW2, db2


class MDN:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def forward(self, X):
        self.X = X
        self.h = np.tanh(X.dot(self.W1) + self.b1)
        out = self.h.dot(self.W2) + self.b2
        alpha, self.mu, log_sigma = out[:, :K], out[:, K : 2 * K], out[:, 2 * K :]
        self.sigma = np.exp(log_sigma)
        e = np.exp(alpha - alpha.max(axis=1, keepdims=True))
        self.pi = e / e.sum(axis=1, keepdims=True)

    def backward(self, y):
        N = len(y)
        y = y.reshape(-1, 1)
        phi = np.exp(-0.5 * ((y - self.mu) / self.sigma) ** 2) / self.sigma
        post = self.pi * phi / np.sum(self.pi * phi, axis=1, keepdims=True)
        dalpha = self.pi - post
        dmu = self.pi * (self.mu - y) / self.sigma**2
        dsig = post * (1 - ((y - self.mu) / self.sigma) ** 2)
        dout = np.concatenate([dalpha, dmu, dsig], axis=1) / N
        dW2, db2 = self.h.T.dot(dout), dout.sum(axis=0)
        dh = dout.dot(self.W2.T) * (1 - self.h**2)
        return self.X.T.dot(dh), dh.sum(axis=0), dW2, db2


def backprop(W1, b1, W2, b2, X, y):
    net = MDN(W1, b1, W2, b2)
    net.forward(X)
    return net.backward(y)

"""Transformer gelu slope of its value.

expected kind: wrong-point
wrong line: 94
correction 94: du = da * gelu_prime(self.u)
what: The slope of GELU is taken at its value and not at what went in
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "gamma", "beta", "W1", "b1", "W2", "Wo"]
EPS, C0, C1 = 1e-5, np.sqrt(2 / np.pi), 0.044715


def data(seed=0):
    r = np.random.default_rng(seed)
    P, gamma, beta, W1 = r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=(3, 5))
    return P, gamma, beta, W1, r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=(3, 3)), r.normal(size=(4, 3)), 2


def loss(P, gamma, beta, W1, b1, W2, Wo, X, label):
    x = X + P
    scores = x @ x.T / np.sqrt(x.shape[1])
    x = x + np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True) @ x
    centred = x - np.mean(x, axis=1, keepdims=True)
    n = gamma * centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS) + beta
    u = n @ W1 + b1
    f = 0.5 * u * (1 + np.tanh(C0 * (u + C1 * u**3)))
    s = np.mean(x + f @ W2, axis=0) @ Wo
    return np.log(np.sum(np.exp(s))) - s[label]


def gelu_backward(du, u):
    t = np.tanh(C0 * (u + C1 * u**3))
    return du * (0.5 * (1 + t) + 0.5 * u * (1 - t**2) * C0 * (1 + 3 * C1 * u**2))


def right(P, gamma, beta, W1, b1, W2, Wo, X, label):
    T, D = X.shape
    x = X + P
    e = np.exp(np.dot(x, x.T) / np.sqrt(D))
    A = e / e.sum(axis=1, keepdims=True)
    x1 = x + np.dot(A, x)
    mu, std = x1.mean(axis=1, keepdims=True), np.sqrt(x1.var(axis=1, keepdims=True) + EPS)
    xhat = (x1 - mu) / std
    n = gamma * xhat + beta
    u = np.dot(n, W1) + b1
    f = 0.5 * u * (1 + np.tanh(C0 * (u + C1 * u**3)))
    pooled = np.mean(x1 + np.dot(f, W2), axis=0)
    s = np.dot(pooled, Wo)
    ds = np.exp(s) / np.exp(s).sum()
    ds[label] -= 1
    dWo = np.outer(pooled, ds)
    dx2 = np.tile(np.dot(Wo, ds) / T, (T, 1))
    dW2 = np.dot(f.T, dx2)
    du = gelu_backward(np.dot(dx2, W2.T), u)
    dW1, db1 = np.dot(n.T, du), du.sum(axis=0)
    dn = np.dot(du, W1.T)
    dgamma, dbeta = np.sum(dn * xhat, axis=0), dn.sum(axis=0)
    dxhat = dn * gamma
    dx1 = dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * np.mean(dxhat * xhat, axis=1, keepdims=True)
    dx1 = dx1 / std + dx2
    dA = np.dot(dx1, x.T)
    dS = A * (dA - np.sum(dA * A, axis=1, keepdims=True)) / np.sqrt(D)
    dx = dx1 + np.dot(A.T, dx1)
    dx += np.dot(dS, x) + np.dot(dS.T, x)
    return dx, dgamma, dbeta, dW1, db1, dW2, dWo


def gelu(v):
    return 0.5 * v * (1 + np.tanh(C0 * (v + C1 * v**3)))


def gelu_prime(v):
    t = np.tanh(C0 * (v + C1 * v**3))
    return 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * C0 * (1 + 3 * C1 * v * v)


class FeedForward:
    def __init__(self, W1, b1, W2):
        self.W1, self.b1, self.W2 = W1, b1, W2

    def forward(self, n):
        self.n = n
        self.u = n @ self.W1 + self.b1
        self.a = gelu(self.u)
        return self.a @ self.W2

    def backward(self, d):
        self.dW2 = self.a.T @ d
        da = d @ self.W2.T
        du = da * gelu_prime(self.a)
        self.dW1, self.db1 = self.n.T @ du, du.sum(axis=0)
        return du @ self.W1.T


def backprop(P, gamma, beta, W1, b1, W2, Wo, X, label):
    T, D = X.shape
    x = X + P
    A = np.exp(x @ x.T / D**0.5)
    A /= A.sum(axis=1, keepdims=True)
    y = x + A @ x
    inv = 1 / np.sqrt(np.var(y, axis=1, keepdims=True) + EPS)
    z = (y - y.mean(axis=1, keepdims=True)) * inv
    ff = FeedForward(W1, b1, W2)
    m = (y + ff.forward(gamma * z + beta)).mean(axis=0)
    p = np.exp(m @ Wo) / np.sum(np.exp(m @ Wo))
    ds = p - np.eye(3)[label]
    dout = np.ones((T, 1)) * (Wo @ ds) / T
    dn = ff.backward(dout)
    dz = dn * gamma
    dy = dout + inv / D * (D * dz - dz.sum(axis=1, keepdims=True) - z * (dz * z).sum(axis=1, keepdims=True))
    dA = dy @ x.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
    dP = dy + A.T @ dy + (dS + dS.T) @ x / D**0.5
    return dP, (dn * z).sum(axis=0), dn.sum(axis=0), ff.dW1, ff.db1, ff.dW2, np.outer(m, ds)

"""Transformer each weight for itself.

expected kind: diagonal-jacobian
wrong line: 77
correction 77: ds = self.a * (da - (da * self.a).sum(1)[:, None])
what: The derivative of the softmax has its diagonal alone
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "Wq", "Wk", "Wv", "gamma", "beta"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    E, gamma, beta = r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=3)
    Wq, Wk, Wv = (r.normal(size=(3, 3)) for _ in range(3))
    return E, Wq, Wk, Wv, gamma, beta, r.normal(size=(4, 3))


def loss(E, Wq, Wk, Wv, gamma, beta, target):
    scores = (E @ Wq) @ (E @ Wk).T / np.sqrt(E.shape[1])
    weights = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    y = E + weights @ (E @ Wv)
    centred = y - np.mean(y, axis=1, keepdims=True)
    normed = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS)
    return np.sum((gamma * normed + beta - target) ** 2)


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layernorm_backward(dout, xhat, std, gamma):
    dgamma, dbeta = np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)
    g = dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - xhat * (g * xhat).mean(axis=1, keepdims=True)) / std
    return dx, dgamma, dbeta


def right(E, Wq, Wk, Wv, gamma, beta, target):
    d_k = E.shape[1]
    Q, K, V = np.dot(E, Wq), np.dot(E, Wk), np.dot(E, Wv)
    A = softmax(np.dot(Q, K.T) / np.sqrt(d_k))
    y = E + np.dot(A, V)
    std = np.sqrt(y.var(axis=1, keepdims=True) + EPS)
    xhat = (y - y.mean(axis=1, keepdims=True)) / std
    dout = 2 * (gamma * xhat + beta - target)
    dy, dgamma, dbeta = layernorm_backward(dout, xhat, std, gamma)
    dV = np.dot(A.T, dy)
    dA = np.dot(dy, V.T)
    dS = A * (dA - np.sum(dA * A, axis=1, keepdims=True))
    dQ = np.dot(dS, K) / np.sqrt(d_k)
    dK = np.dot(dS.T, Q) / np.sqrt(d_k)
    dE = dy + np.dot(dQ, Wq.T) + np.dot(dK, Wk.T) + np.dot(dV, Wv.T)
    return dE, np.dot(E.T, dQ), np.dot(E.T, dK), np.dot(E.T, dV), dgamma, dbeta


class Attention:
    def __init__(self, Wq, Wk, Wv):
        self.W = {"q": Wq, "k": Wk, "v": Wv}
        self.scale = Wq.shape[1] ** -0.5

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = (x @ self.W[name] for name in "qkv")
        e = np.exp(self.q @ self.k.T * self.scale)
        self.a = e / e.sum(1)[:, None]
        return self.a @ self.v

    def backward(self, dout):
        da = dout @ self.v.T
        ds = da * self.a * (1 - self.a)
        d = {"q": ds @ self.k * self.scale, "k": ds.T @ self.q * self.scale, "v": self.a.T @ dout}
        self.dW = {name: self.x.T @ d[name] for name in "qkv"}
        return sum(d[name] @ self.W[name].T for name in "qkv")


def backprop(E, Wq, Wk, Wv, gamma, beta, target):
    attention = Attention(Wq, Wk, Wv)
    y = E + attention.forward(E)
    dgamma, dbeta, dy = np.zeros_like(gamma), np.zeros_like(beta), np.zeros_like(y)
    for t, row in enumerate(y):
        centred = row - row.mean()
        sigma = np.sqrt(np.mean(centred**2) + EPS)
        n = centred / sigma
        d = 2 * (gamma * n + beta - target[t])
        dgamma += d * n
        dbeta += d
        d = d * gamma
        dy[t] = (d - np.mean(d) - n * np.mean(d * n)) / sigma
    dE = dy + attention.backward(dy)
    return dE, *(attention.dW[name] for name in "qkv"), dgamma, dbeta

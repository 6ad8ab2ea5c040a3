"""Layernorm residual forgotten.

expected kind: missing-term
wrong line: 107 or 108
correction 107: dx, dgamma, dbeta = layernorm_backward(dn, cache); dx += dout
correction 108: dWe = np.dot(X.T, dx + dout)
what: What flows past the block along the residual is not added
source: https://github.com/paiml/entrenar/issues/313
said: the gradient of the skip, which is the identity, is never added
"""

import numpy as np

PARAMETERS = ["We", "gamma", "beta", "W1", "b1", "W2", "b2"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (4,), (4,), (4, 6), (6,), (6, 4), (4,), (7, 3), (7, 4)]
    return tuple(r.normal(size=s) for s in shapes)


def loss(We, gamma, beta, W1, b1, W2, b2, X, Y):
    x = X @ We
    normed = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + EPS)
    hidden = np.maximum(0, (gamma * normed + beta) @ W1 + b1)
    return np.mean((x + hidden @ W2 + b2 - Y) ** 2)


class Block:
    def __init__(self, p):
        self.p = p
        self.g = {name: np.zeros_like(value) for name, value in p.items()}

    def forward_row(self, row):
        p = self.p
        x = row @ p["We"]
        mu = np.mean(x)
        var = np.mean((x - mu) ** 2)
        rstd = (var + EPS) ** -0.5
        xhat = (x - mu) * rstd
        n = p["gamma"] * xhat + p["beta"]
        pre = n @ p["W1"] + p["b1"]
        h = np.maximum(0, pre)
        self.saved = row, xhat, rstd, n, pre, h
        return x + h @ p["W2"] + p["b2"]

    def backward_row(self, dout):
        row, xhat, rstd, n, pre, h = self.saved
        p, g = self.p, self.g
        g["W2"] += np.outer(h, dout)
        g["b2"] += dout
        dpre = (p["W2"] @ dout) * (pre > 0)
        g["W1"] += np.outer(n, dpre)
        g["b1"] += dpre
        dn = p["W1"] @ dpre
        g["gamma"] += dn * xhat
        g["beta"] += dn
        dxhat = dn * p["gamma"]
        dx = rstd * (dxhat - dxhat.mean() - xhat * np.mean(dxhat * xhat))
        g["We"] += np.outer(row, dx + dout)


def right(We, gamma, beta, W1, b1, W2, b2, X, Y):
    block = Block(dict(We=We, gamma=gamma, beta=beta, W1=W1, b1=b1, W2=W2, b2=b2))
    for i in range(X.shape[0]):
        out = block.forward_row(X[i])
        block.backward_row(2 * (out - Y[i]) / Y.size)
    return block.g


def layernorm_forward(x, gamma, beta):
    mean = x.mean(axis=1, keepdims=True)
    std = np.sqrt(x.var(axis=1, keepdims=True) + EPS)
    x_hat = (x - mean) / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


def layernorm_backward(dout, cache):
    x_hat, std, gamma = cache
    D = x_hat.shape[1]
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    dx = D * dx_hat
    dx -= np.sum(dx_hat, axis=1, keepdims=True)
    dx -= x_hat * np.sum(dx_hat * x_hat, axis=1, keepdims=True)
    dx /= D * std
    return dx, dgamma, dbeta


def backprop(We, gamma, beta, W1, b1, W2, b2, X, Y):
    x = np.dot(X, We)
    n, cache = layernorm_forward(x, gamma, beta)
    pre = np.dot(n, W1) + b1
    h = np.maximum(pre, 0)
    out = x + np.dot(h, W2) + b2
    dout = 2.0 * (out - Y) / out.size
    dW2 = np.dot(h.T, dout)
    db2 = np.sum(dout, axis=0)
    dh = np.dot(dout, W2.T)
    dpre = np.where(pre > 0, dh, 0)
    dW1 = np.dot(n.T, dpre)
    db1 = np.sum(dpre, axis=0)
    dn = np.dot(dpre, W1.T)
    dx, dgamma, dbeta = layernorm_backward(dn, cache)
    dWe = np.dot(X.T, dx)
    return dWe, dgamma, dbeta, dW1, db1, dW2, db2

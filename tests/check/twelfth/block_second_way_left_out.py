"""Block second way left out.

expected kind: missing-term or detached
wrong line: 108 or 109
correction 108: grad_input, dgamma, dbeta = layernorm_backward(dpre @ W1.T, cache); grad_input += grad_out
correction 109: dE = X.T @ (grad_input + grad_out)
what: What goes past the norm and the feed-forward layers isn't added
source: https://github.com/paiml/entrenar/issues/313
said: the backward pass of the second residual is missing: the gradient of the output is never added behind the
    feed-forward part
"""

import numpy as np

PARAMETERS = ["E", "gamma", "beta", "W1", "b1", "W2", "b2"]

EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    E, gamma, beta, W1, b1, W2, b2 = (r.normal(size=s) for s in [(3, 4), 4, 4, (4, 6), 6, (6, 4), 4])
    return E, gamma, beta, W1, b1, W2, b2, r.normal(size=(5, 3)), r.normal(size=(5, 4))


def loss(E, gamma, beta, W1, b1, W2, b2, X, Y):
    x = X @ E
    centred = x - np.mean(x, axis=-1, keepdims=True)
    normed = centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + EPS)
    h = np.maximum((gamma * normed + beta) @ W1 + b1, 0)
    out = x + h @ W2 + b2
    return np.mean((out - Y) ** 2)


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def __call__(self, x):
        xmu = x - np.mean(x, axis=-1, keepdims=True)
        self.std = np.sqrt(np.mean(xmu * xmu, axis=-1, keepdims=True) + EPS)
        self.x_hat = xmu / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dy):
        self.dgamma = np.einsum("ti,ti->i", dy, self.x_hat)
        self.dbeta = np.einsum("ti->i", dy)
        dx_hat = dy * self.gamma
        c1 = np.mean(dx_hat, axis=-1, keepdims=True)
        c2 = np.mean(dx_hat * self.x_hat, axis=-1, keepdims=True)
        return (dx_hat - c1 - c2 * self.x_hat) / self.std


class FeedForward:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def __call__(self, x):
        self.x = x
        self.h = np.maximum(0, np.dot(x, self.W1) + self.b1)
        return np.dot(self.h, self.W2) + self.b2

    def backward(self, dy):
        self.dW2, self.db2 = np.dot(self.h.T, dy), dy.sum(0)
        dh = np.dot(dy, self.W2.T)
        dh[self.h == 0] = 0
        self.dW1, self.db1 = np.dot(self.x.T, dh), dh.sum(0)
        return np.dot(dh, self.W1.T)


def right(E, gamma, beta, W1, b1, W2, b2, X, Y):
    norm, ffn = LayerNorm(gamma, beta), FeedForward(W1, b1, W2, b2)
    x = np.dot(X, E)
    out = x + ffn(norm(x))
    dout = (out - Y) * 2.0 / out.size
    dx = dout + norm.backward(ffn.backward(dout))
    return np.dot(X.T, dx), norm.dgamma, norm.dbeta, ffn.dW1, ffn.db1, ffn.dW2, ffn.db2


def layernorm_forward(x, gamma, beta):
    mu = x.mean(axis=-1, keepdims=True)
    rstd = 1.0 / np.sqrt(x.var(axis=-1, keepdims=True) + EPS)
    norm = (x - mu) * rstd
    return norm * gamma + beta, (norm, rstd, gamma)


def layernorm_backward(dout, cache):
    norm, rstd, gamma = cache
    dnorm = dout * gamma
    dx = dnorm - dnorm.mean(-1, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
    dx *= rstd
    return dx, (dout * norm).sum(axis=0), dout.sum(axis=0)


def backprop(E, gamma, beta, W1, b1, W2, b2, X, Y):
    residual = X @ E
    normed, cache = layernorm_forward(residual, gamma, beta)
    pre = normed @ W1 + b1
    act = np.maximum(pre, 0)
    out = residual + (act @ W2 + b2)

    grad_out = 2 * (out - Y) / Y.size
    dW2 = act.T @ grad_out
    db2 = grad_out.sum(axis=0)
    dpre = (grad_out @ W2.T) * (pre > 0)
    dW1 = normed.T @ dpre
    db1 = dpre.sum(axis=0)
    grad_input, dgamma, dbeta = layernorm_backward(dpre @ W1.T, cache)
    dE = X.T @ grad_input
    return dE, dgamma, dbeta, dW1, db1, dW2, db2

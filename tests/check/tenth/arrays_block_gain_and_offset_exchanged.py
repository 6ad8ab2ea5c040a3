"""Arrays block gain and offset exchanged.

expected kind: wrong-parameter or swapped-operands
wrong line: 109
correction 109: return S.T @ dx, dgamma, dbeta, n.T @ dpre, act.T @ dout
given as: arrays
what: The gradients of gain and offset are returned in each other's place
source: https://github.com/Oneflow-Inc/oneflow/pull/6149
said: the gradients of weight and bias of the layer norm were assigned the wrong way round
"""

import numpy as np

PARAMETERS = ["E", "gamma", "beta", "W1", "W2"]

EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    E, gamma, beta, W1, W2, S, Y = (r.normal(size=s) for s in [(3, 4), 4, 4, (4, 6), (6, 4), (5, 3), (5, 4)])
    return E, gamma, beta, W1, W2, S, Y


def loss(E, gamma, beta, W1, W2, S, Y):
    x = S @ E
    m = np.mean(x, axis=-1, keepdims=True)
    v = np.mean((x - m) ** 2, axis=-1, keepdims=True)
    n = (x - m) / np.sqrt(v + EPS) * gamma + beta
    out = x + np.maximum(n @ W1, 0) @ W2
    return np.sum((out - Y) ** 2) / len(S)


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def __call__(self, x):
        self.d = x.shape[-1]
        self.centred = x - np.mean(x, axis=-1, keepdims=True)
        self.sigma = np.sqrt(np.mean(self.centred**2, axis=-1, keepdims=True) + EPS)
        return self.gamma * self.centred / self.sigma + self.beta

    def backward(self, grad):
        self.dgamma = np.einsum("td,td->d", grad, self.centred / self.sigma)
        self.dbeta = np.einsum("td->d", grad)
        grad = grad * self.gamma
        dsigma = -np.sum(grad * self.centred, axis=-1, keepdims=True) / self.sigma**2
        dcentred = grad / self.sigma + dsigma * self.centred / (self.sigma * self.d)
        return dcentred - np.mean(dcentred, axis=-1, keepdims=True)


class FeedForward:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def __call__(self, x):
        self.x = x
        self.h = np.maximum(x @ self.W1, 0)
        return self.h @ self.W2

    def backward(self, grad):
        self.dW2 = self.h.T @ grad
        dh = grad @ self.W2.T
        dh[self.h <= 0] = 0
        self.dW1 = self.x.T @ dh
        return dh @ self.W1.T


def right(E, gamma, beta, W1, W2, S, Y):
    ln, mlp = LayerNorm(gamma, beta), FeedForward(W1, W2)
    x = S @ E
    out = x + mlp(ln(x))
    grad = 2 * (out - Y) / len(S)
    dx = grad.copy()
    dx += ln.backward(mlp.backward(grad))
    return {"E": S.T @ dx, "gamma": ln.dgamma, "beta": ln.dbeta, "W1": mlp.dW1, "W2": mlp.dW2}


def layernorm_forward(x, w, b):
    mean = x.mean(-1, keepdims=True)
    xshift = x - mean
    rstd = (np.mean(xshift**2, axis=-1, keepdims=True) + EPS) ** -0.5
    norm = xshift * rstd
    return norm * w + b, (x, w, mean, rstd)


def layernorm_backward(dout, cache):
    x, w, mean, rstd = cache
    norm = (x - mean) * rstd
    db = dout.sum(axis=0)
    dw = (dout * norm).sum(axis=0)
    dnorm = dout * w
    dx = dnorm - dnorm.mean(-1, keepdims=True) - norm * (dnorm * norm).mean(-1, keepdims=True)
    dx *= rstd
    return dx, dw, db


def backprop(E, gamma, beta, W1, W2, S, Y):
    x = S @ E
    n, cache = layernorm_forward(x, gamma, beta)
    pre = n @ W1
    act = np.maximum(pre, 0)
    dout = 2 * (x + act @ W2 - Y) / len(S)
    dact = dout @ W2.T
    dpre = dact * (pre > 0)
    dx, dgamma, dbeta = layernorm_backward(dpre @ W1.T, cache)
    dx += dout
    return S.T @ dx, dbeta, dgamma, n.T @ dpre, act.T @ dout

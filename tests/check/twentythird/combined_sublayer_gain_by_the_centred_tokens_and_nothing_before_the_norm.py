"""Combined sublayer gain by the centred tokens and nothing before the norm.

expected kind: missing-factor or wrong-point + detached or missing-term
wrong line: 82 and 120
correction 82: self.d_gain = np.sum(g * self.unit, axis=0)
correction 120: return g + self.norm.pull(down)
what: The gain's gradient is formed with values that aren't divided by their deviation; the norm hands nothing on to what comes before it
source: https://github.com/huggingface/candle/pull/3613
said: backward silently gives no gradient to what is upstream of the fused layer norm; the gain is the author's
"""

import numpy as np

PARAMETERS = ["P", "gamma", "beta", "W1", "b1", "W2", "b2"]
EPS, C = 1e-3, np.sqrt(2 / np.pi)


def data(seed=0):
    r = np.random.default_rng(seed)
    P, gamma, beta = 1.5 * r.normal(size=(3, 4)), r.uniform(0.5, 1.7, size=4), 0.4 * r.normal(size=4)
    W1, b1 = 0.8 * r.normal(size=(4, 6)), 0.3 * r.normal(size=6)
    W2, b2 = 0.8 * r.normal(size=(6, 4)), 0.3 * r.normal(size=4)
    return P, gamma, beta, W1, b1, W2, b2, r.normal(size=(5, 3)), r.normal(size=(5, 4))


def loss(P, gamma, beta, W1, b1, W2, b2, X, T):
    h = X @ P
    centred = h - np.mean(h, axis=1, keepdims=True)
    unit = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + EPS)
    u = (gamma * unit + beta) @ W1 + b1
    active = 0.5 * u * (1 + np.tanh(C * (u + 0.044715 * u**3)))
    return np.mean((h + active @ W2 + b2 - T) ** 2)


def gelu(u):
    t = np.tanh(C * (u + 0.044715 * u**3))
    return 0.5 * u * (1 + t), 0.5 * (1 + t) + 0.5 * u * (1 - t**2) * C * (1 + 3 * 0.044715 * u**2)


def layernorm(h, gamma, beta):
    mu = h.mean(axis=1, keepdims=True)
    rstd = 1 / np.sqrt(h.var(axis=1, keepdims=True) + EPS)
    unit = (h - mu) * rstd
    return gamma * unit + beta, (unit, rstd, gamma)


def layernorm_backward(dout, cache):
    unit, rstd, gamma = cache
    D = dout.shape[1]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * unit).sum(axis=0)
    dunit = dout * gamma
    dh = D * dunit - dunit.sum(axis=1, keepdims=True)
    dh -= unit * (dunit * unit).sum(axis=1, keepdims=True)
    return dh * rstd / D, dgamma, dbeta


def right(P, gamma, beta, W1, b1, W2, b2, X, T):
    h = X @ P
    y, cache = layernorm(h, gamma, beta)
    active, slope = gelu(y @ W1 + b1)
    dout = 2 * (h + active @ W2 + b2 - T) / T.size
    dW2, db2 = active.T @ dout, dout.sum(axis=0)
    du = dout @ W2.T * slope
    dW1, db1 = y.T @ du, du.sum(axis=0)
    dnorm, dgamma, dbeta = layernorm_backward(du @ W1.T, cache)
    dh = dout + dnorm
    return X.T @ dh, dgamma, dbeta, dW1, db1, dW2, db2


class Norm:
    def __init__(self, gain, offset):
        self.gain, self.offset = gain, offset

    def __call__(self, h):
        self.centred = h - h.mean(axis=-1, keepdims=True)
        self.std = np.sqrt((self.centred**2).mean(axis=-1, keepdims=True) + EPS)
        self.unit = self.centred / self.std
        return self.unit * self.gain + self.offset

    def collect(self, g):
        self.d_gain = np.sum(g * self.centred, axis=0)
        self.d_offset = np.sum(g, axis=0)

    def pull(self, g):
        g = g * self.gain
        d_std = -np.sum(g * self.centred, axis=-1, keepdims=True) / self.std**2
        d_centred = g / self.std + d_std * self.centred / self.std / g.shape[-1]
        return d_centred - d_centred.mean(axis=-1, keepdims=True)


class FeedForward:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2

    def __call__(self, y):
        self.y, self.u = y, y @ self.W1 + self.b1
        self.t = np.tanh(C * self.u * (1 + 0.044715 * self.u**2))
        self.act = self.u * (1 + self.t) / 2
        return self.act @ self.W2 + self.b2

    def pull(self, g):
        self.grads2 = self.act.T @ g, g.sum(axis=0)
        inner = C * (1 + 0.134145 * self.u**2)
        g = g @ self.W2.T * ((1 + self.t) / 2 + self.u / 2 * (1 - self.t**2) * inner)
        self.grads1 = self.y.T @ g, g.sum(axis=0)
        return g @ self.W1.T


class Residual:
    def __init__(self, norm, inner):
        self.norm, self.inner = norm, inner

    def __call__(self, h):
        return h + self.inner(self.norm(h))

    def pull(self, g):
        down = self.inner.pull(g)
        self.norm.collect(down)
        return g


def backprop(P, gamma, beta, W1, b1, W2, b2, X, T):
    norm, feed = Norm(gamma, beta), FeedForward(W1, b1, W2, b2)
    block = Residual(norm, feed)
    out = block(X @ P)
    g = block.pull((out - T) * (2 / out.size))
    return X.T @ g, norm.d_gain, norm.d_offset, *feed.grads1, *feed.grads2

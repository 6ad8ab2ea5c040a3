"""Batchnorm kernel gradient overwritten.

expected kind: missing-sum or missing-term
wrong line: 87
correction 87: dw[k] += dout[n, k, i] * x[n, :, i : i + w.shape[2]]
what: The gradient of the kernel is written anew for each window, not added up
source: https://github.com/apache/mxnet/issues/18499
said: where gradients are to be added up, that through batch norm is written over instead
"""

import numpy as np

PARAMETERS = ["F", "gamma", "beta"]
TINY = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    F, gamma, beta = r.normal(size=(3, 2, 3)), r.uniform(0.5, 1.5, size=3), r.normal(size=3)
    return F, gamma, beta, r.normal(size=(4, 2, 6)), r.normal(size=(4, 3))


def loss(F, gamma, beta, X, T):
    conv = np.stack([np.einsum("ncw,kcw->nk", X[:, :, i : i + 3], F) for i in range(4)], axis=2)
    mu = np.mean(conv, axis=(0, 2), keepdims=True)
    var = np.mean((conv - mu) ** 2, axis=(0, 2), keepdims=True)
    out = gamma[:, None] * (conv - mu) / np.sqrt(var + TINY) + beta[:, None]
    return 0.5 * np.sum((np.mean(np.tanh(out), axis=2) - T) ** 2)


class Conv:
    def __init__(self, F):
        self.F = F

    def forward(self, X):
        self.windows = np.lib.stride_tricks.sliding_window_view(X, 3, axis=2)
        return np.einsum("nclw,kcw->nkl", self.windows, self.F)

    def backward(self, dout):
        self.dF = np.einsum("nkl,nclw->kcw", dout, self.windows)


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma[None, :, None], beta[None, :, None]

    def forward(self, x):
        self.x = x
        self.inv_std = 1.0 / np.sqrt(x.var(axis=(0, 2), keepdims=True) + TINY)
        self.x_hat = (x - x.mean(axis=(0, 2), keepdims=True)) * self.inv_std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        m = dout.shape[0] * dout.shape[2]
        self.dbeta = np.sum(dout, axis=(0, 2))
        self.dgamma = np.sum(dout * self.x_hat, axis=(0, 2))
        dx_hat = dout * self.gamma
        total = np.sum(dx_hat, axis=(0, 2), keepdims=True)
        along = np.sum(dx_hat * self.x_hat, axis=(0, 2), keepdims=True)
        return self.inv_std / m * (m * dx_hat - total - self.x_hat * along)


def right(F, gamma, beta, X, T):
    conv, norm = Conv(F), BatchNorm(gamma, beta)
    act = np.tanh(norm.forward(conv.forward(X)))
    dact = (act.mean(axis=2) - T)[:, :, None] / act.shape[2]
    conv.backward(norm.backward(dact * (1 - act**2)))
    return conv.dF, norm.dgamma, norm.dbeta


def conv_forward(x, w):
    N, K, L = x.shape[0], w.shape[0], x.shape[2] - w.shape[2] + 1
    out = np.zeros((N, K, L))
    for n in range(N):
        for k in range(K):
            for i in range(L):
                out[n, k, i] = np.sum(x[n, :, i : i + w.shape[2]] * w[k])
    return out


def conv_backward(dout, x, w):
    dw = np.zeros_like(w)
    N, K, L = dout.shape
    for n in range(N):
        for k in range(K):
            for i in range(L):
                dw[k] = dout[n, k, i] * x[n, :, i : i + w.shape[2]]
    return dw


def batchnorm_backward(dout, xmu, ivar, gamma):
    M = dout.shape[0] * dout.shape[2]
    dbeta = np.sum(dout, axis=(0, 2))
    dgamma = np.sum(dout * xmu * ivar, axis=(0, 2))
    dxhat = dout * gamma.reshape(1, -1, 1)
    dvar = np.sum(dxhat * xmu, axis=(0, 2), keepdims=True) * -0.5 * ivar**3
    dmu = -np.sum(dxhat * ivar, axis=(0, 2), keepdims=True)
    return dxhat * ivar + dvar * 2 * xmu / M + dmu / M, dgamma, dbeta


def backprop(F, gamma, beta, X, T):
    c = conv_forward(X, F)
    xmu = c - c.mean(axis=(0, 2), keepdims=True)
    ivar = 1 / np.sqrt((xmu**2).mean(axis=(0, 2), keepdims=True) + TINY)
    a = np.tanh(gamma.reshape(1, -1, 1) * xmu * ivar + beta.reshape(1, -1, 1))
    dpool = a.mean(axis=2) - T
    da = np.repeat(dpool[:, :, None], a.shape[2], axis=2) / a.shape[2]
    dc, dgamma, dbeta = batchnorm_backward(da * (1 - a * a), xmu, ivar, gamma)
    return conv_backward(dc, X, F), dgamma, dbeta

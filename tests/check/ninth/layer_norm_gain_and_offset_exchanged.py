"""Layer norm gain and offset exchanged.

expected kind: wrong-parameter or swapped-operands
wrong line: 68
correction 68: return dx, dgamma, dbeta
what: The gradients of gain and offset are handed back the wrong way round
source: https://github.com/Oneflow-Inc/oneflow/pull/6149
said: The gradients of weight and bias are exchanged
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta"]


EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 5)) * 2, r.normal(size=5), r.normal(size=5), r.normal(size=(3, 5))


def loss(x, gamma, beta, t):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    y = np.tanh(gamma * (x - mean) / np.sqrt(var + EPS) + beta)
    return np.sum((y - t) ** 2) / len(x)


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta
        self.dgamma, self.dbeta = np.zeros_like(gamma), np.zeros_like(beta)

    def forward(self, row):
        self.centred = row - row.mean()
        self.inv_std = (np.mean(self.centred**2) + EPS) ** -0.5
        self.normed = self.centred * self.inv_std
        return self.gamma * self.normed + self.beta

    def backward(self, g):
        self.dgamma += g * self.normed
        self.dbeta += g
        dn = g * self.gamma
        dvar = np.sum(dn * self.centred) * -0.5 * self.inv_std**3
        dc = dn * self.inv_std
        dc = dc + 2 * self.centred * dvar / len(g)
        return dc - dc.mean()


def right(x, gamma, beta, t):
    layer, dx = LayerNorm(gamma, beta), np.zeros_like(x)
    for i, row in enumerate(x):
        y = np.tanh(layer.forward(row))
        dx[i] = layer.backward(2 * (y - t[i]) / len(x) * (1 - y * y))
    return dx, layer.dgamma, layer.dbeta


def layernorm_backward(dout, cache):
    x_norm, std, gamma = cache
    D = x_norm.shape[1]
    dgamma = np.sum(dout * x_norm, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_norm = dout * gamma
    first = np.sum(dx_norm, axis=1, keepdims=True)
    second = np.sum(dx_norm * x_norm, axis=1, keepdims=True)
    dx = (D * dx_norm - first - x_norm * second) / (D * std)
    return dx, dbeta, dgamma


def backprop(x, gamma, beta, t):
    mean = np.mean(x, axis=1, keepdims=True)
    std = np.sqrt(np.var(x, axis=1, keepdims=True) + EPS)
    x_norm = (x - mean) / std
    y = np.tanh(gamma * x_norm + beta)
    dout = 2 * (y - t) / len(x) * (1 - y**2)
    return layernorm_backward(dout, (x_norm, std, gamma))

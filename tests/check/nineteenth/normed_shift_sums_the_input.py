"""Normed shift sums the input.

expected kind: wrong-point or stale-value
wrong line: 72
correction 72: self.grad_beta = grad_output.sum(axis=0)
what: The gradient of the shift is the sum of the layer's input, not of what comes back
source: https://github.com/pytorch/pytorch/issues/2330
said: the gradient of batch norm's bias should be the sum of the gradient at the output, but seems to be that of the input
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (4,), (4,), (4, 2), (8, 3), (8, 2)]
    return tuple(r.normal(size=shape) for shape in shapes)


def loss(W1, gamma, beta, W2, X, Y):
    z = X @ W1
    mu = np.mean(z, axis=0)
    var = np.mean((z - mu) ** 2, axis=0)
    h = np.tanh(gamma * (z - mu) / np.sqrt(var + EPS) + beta)
    return 0.5 * np.sum((h @ W2 - Y) ** 2) / len(X)


def batchnorm_forward(x, gamma, beta):
    mu = x.mean(axis=0)
    xmu = x - mu
    sqrtvar = np.sqrt((xmu**2).mean(axis=0) + EPS)
    return gamma * xmu / sqrtvar + beta, (xmu, sqrtvar, gamma)


def batchnorm_backward(dout, cache):
    xmu, sqrtvar, gamma = cache
    N = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xmu / sqrtvar, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * xmu, axis=0) * -0.5 * sqrtvar**-3
    dmu = -np.sum(dxhat / sqrtvar, axis=0) + dvar * np.mean(-2 * xmu, axis=0)
    dx = dxhat / sqrtvar + dvar * 2 * xmu / N + dmu / N
    return dx, dgamma, dbeta


def right(W1, gamma, beta, W2, X, Y):
    z, cache = batchnorm_forward(X @ W1, gamma, beta)
    h = np.tanh(z)
    dout = (h @ W2 - Y) / len(X)
    dW2 = h.T @ dout
    dz = dout @ W2.T * (1 - h**2)
    dx, dgamma, dbeta = batchnorm_backward(dz, cache)
    return X.T @ dx, dgamma, dbeta, dW2


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.x = x
        self.inv_std = 1 / np.sqrt(x.var(axis=0) + EPS)
        self.xhat = (x - x.mean(axis=0)) * self.inv_std
        return self.xhat * self.gamma + self.beta

    def backward(self, grad_output):
        m = len(grad_output)
        self.grad_beta = self.x.sum(axis=0)
        self.grad_gamma = (grad_output * self.xhat).sum(axis=0)
        inner = m * grad_output - grad_output.sum(axis=0) - self.xhat * self.grad_gamma
        return self.gamma * self.inv_std / m * inner


def backprop(W1, gamma, beta, W2, X, Y):
    bn = BatchNorm(gamma, beta)
    h = np.tanh(bn.forward(X.dot(W1)))
    grad = (h.dot(W2) - Y) / Y.shape[0]
    grads = {"W2": h.T.dot(grad)}
    grad = bn.backward(grad.dot(W2.T) * (1 - h * h))
    grads["gamma"], grads["beta"] = bn.grad_gamma, bn.grad_beta
    grads["W1"] = X.T.dot(grad)
    return grads

"""Block skip left out.

expected kind: missing-term
wrong line: 104 or 105
correction 104: dx = dout + rstd * (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True))
correction 105: return dx + dout, dgamma, dbeta, dW1, dW2
what: What goes past the block, from its output straight to its input, is not added
source: https://github.com/paiml/entrenar/issues/313
said: the identity skip of the residual is never added in the backward pass
"""

import numpy as np

PARAMETERS = ["x", "gamma", "beta", "W1", "W2"]

eps = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    return tuple(r.normal(size=s) for s in [(4, 5), 5, 5, (5, 6), (6, 5), (4, 5)])


def loss(x, gamma, beta, W1, W2, target):
    centred = x - np.mean(x, axis=1, keepdims=True)
    normed = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + eps)
    h = np.maximum((gamma * normed + beta) @ W1, 0)
    out = x + h @ W2
    return np.mean((out - target) ** 2)


class LayerNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def __call__(self, x):
        self.xc = x - x.mean(-1, keepdims=True)
        self.sigma = np.sqrt((self.xc**2).mean(-1, keepdims=True) + eps)
        return self.gamma * self.xc / self.sigma + self.beta

    def backward(self, grad):
        self.grad_beta = grad.sum(0)
        self.grad_gamma = (grad * self.xc / self.sigma).sum(0)
        g = grad * self.gamma
        dsigma = -(g * self.xc).sum(-1, keepdims=True) / self.sigma**2
        dxc = g / self.sigma + dsigma * self.xc / (self.sigma * g.shape[-1])
        return dxc - dxc.mean(-1, keepdims=True)


class FeedForward:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def __call__(self, x):
        self.x = x
        self.h = np.maximum(x @ self.W1, 0)
        return self.h @ self.W2

    def backward(self, grad):
        self.grad_W2 = self.h.T @ grad
        grad = grad @ self.W2.T * (self.h > 0)
        self.grad_W1 = self.x.T @ grad
        return grad @ self.W1.T


class Block:
    def __init__(self, gamma, beta, W1, W2):
        self.norm, self.ff = LayerNorm(gamma, beta), FeedForward(W1, W2)

    def __call__(self, x):
        return x + self.ff(self.norm(x))

    def backward(self, grad):
        return grad + self.norm.backward(self.ff.backward(grad))


def right(x, gamma, beta, W1, W2, target):
    block = Block(gamma, beta, W1, W2)
    dx = block.backward(2 * (block(x) - target) / target.size)
    grads = {"x": dx, "W1": block.ff.grad_W1, "W2": block.ff.grad_W2}
    grads["gamma"], grads["beta"] = block.norm.grad_gamma, block.norm.grad_beta
    return grads


def backprop(x, gamma, beta, W1, W2, target):
    N, D = x.shape
    # forward
    mu = x.mean(axis=1, keepdims=True)
    rstd = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xhat = (x - mu) * rstd
    n = gamma * xhat + beta
    pre = n @ W1
    h = np.maximum(pre, 0)
    out = x + h @ W2
    # backward
    dout = 2 * (out - target) / out.size
    dW2 = h.T @ dout
    dpre = (dout @ W2.T) * (pre > 0)
    dW1 = n.T @ dpre
    dn = dpre @ W1.T
    dgamma = (dn * xhat).sum(axis=0)
    dbeta = dn.sum(axis=0)
    dxhat = dn * gamma
    dx = rstd * (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True))
    return dx, dgamma, dbeta, dW1, dW2

"""Whiten gain on one side of the minus.

expected kind: missing-factor
wrong line: 102 or 103
correction 102: kept = N * dout * self.gamma
correction 103: return self.istd / N * (self.gamma * kept - lost)
what: What goes straight through the norm is not multiplied by the gain, what is subtracted is
source: https://github.com/ROCm/MIOpen/issues/104
said: in the kernel N times the gradient has to be multiplied by the scale before the sums are subtracted
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    y = np.array([0, 1, 2, 0, 2, 1, 1, 0])
    gamma = r.uniform(0.5, 2.0, 4) * np.array([1, -1, 1, 1])
    return r.normal(size=(8, 3)), y, r.normal(size=(3, 4)), gamma, r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=3)


def loss(X, y, W1, gamma, beta, W2, b2):
    a = X @ W1
    centred = a - np.mean(a, axis=0)
    a = gamma * centred / np.sqrt(np.mean(centred**2, axis=0) + EPS) + beta
    scores = np.maximum(a, 0) @ W2 + b2
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), y])


def batchnorm_backward(dout, cache):
    xmu, ivar, sqrtvar, gamma, xhat = cache
    N = xmu.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -divar / sqrtvar**2
    dvar = 0.5 * dsqrtvar / sqrtvar
    dxmu2 = 2 * xmu * dvar / N
    dx1 = dxmu1 + dxmu2
    dmu = -np.sum(dx1, axis=0)
    return dx1 + dmu / N, dgamma, dbeta


def softmax_loss_backward(scores, y):
    N = scores.shape[0]
    shifted = scores - scores.max(axis=1, keepdims=True)
    probs = np.exp(shifted)
    probs /= probs.sum(axis=1, keepdims=True)
    onehot = np.zeros_like(probs)
    onehot[np.arange(N), y] = 1
    return (probs - onehot) / N


def right(X, y, W1, gamma, beta, W2, b2):
    z = X.dot(W1)
    xmu = z - z.mean(axis=0)
    sqrtvar = np.sqrt((xmu**2).mean(axis=0) + EPS)
    xhat = xmu / sqrtvar
    n = gamma * xhat + beta
    h = n * (n > 0)
    dscores = softmax_loss_backward(h.dot(W2) + b2, y)
    dW2, db2 = h.T.dot(dscores), dscores.sum(axis=0)
    dn = dscores.dot(W2.T)
    dn[n <= 0] = 0
    dz, dgamma, dbeta = batchnorm_backward(dn, (xmu, 1 / sqrtvar, sqrtvar, gamma, xhat))
    return X.T.dot(dz), dgamma, dbeta, dW2, db2


class Affine:
    def __init__(self, W, b=0.0):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class Whitening:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.istd = 1 / np.sqrt(x.var(axis=0) + EPS)
        self.xhat = (x - x.mean(axis=0)) * self.istd
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        N = len(dout)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        lost = self.gamma * (self.dbeta + self.xhat * self.dgamma)
        kept = N * dout
        return self.istd / N * (kept - lost)


class Rectifier:
    def forward(self, x):
        self.on = x > 0
        return np.where(self.on, x, 0.0)

    def backward(self, dout):
        return np.where(self.on, dout, 0.0)


def backprop(X, y, W1, gamma, beta, W2, b2):
    layers = first, norm, relu, last = Affine(W1), Whitening(gamma, beta), Rectifier(), Affine(W2, b2)
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = np.exp(out) / np.exp(out).sum(axis=1, keepdims=True)
    grad[range(len(y)), y] -= 1
    grad /= len(y)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return first.dW, norm.dgamma, norm.dbeta, last.dW, last.db

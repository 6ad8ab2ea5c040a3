"""Sequential variance two of its square left out.

expected kind: scale or missing-factor
wrong line: 98 or 100
correction 98: dvar = (dxhat * self.xmu).sum(axis=0) * -self.ivar**3
correction 100: return dxhat * self.ivar + dvar * 2 * self.xmu / N + dmu / N
what: The way through the variance lacks the two of the square
source: https://github.com/pjreddie/darknet/issues/1634
said: the terms of the mean and the variance in the gradient are not those of the paper
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
EPS = 1e-5


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, gamma, beta = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4)
    return W1, gamma, beta, r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(6, 3)), np.array([0, 1, 2, 1, 0, 2])


def loss(W1, gamma, beta, W2, b2, X, labels):
    z = X @ W1
    mu = np.sum(z, axis=0) / len(z)
    var = np.sum((z - mu) ** 2, axis=0) / len(z)
    h = np.tanh(gamma * (z - mu) / np.sqrt(var + EPS) + beta)
    s = h @ W2 + b2
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(labels)), labels]))


def batchnorm_forward(x, gamma, beta):
    sample_mean = np.mean(x, axis=0)
    sample_var = np.var(x, axis=0)
    std = np.sqrt(sample_var + EPS)
    normalized = (x - sample_mean) / std
    return gamma * normalized + beta, (normalized, std, gamma)


def batchnorm_backward_alt(dout, cache):
    normalized, std, gamma = cache
    dgamma = np.sum(dout * normalized, axis=0)
    dbeta = np.sum(dout, axis=0)
    dnorm = dout * gamma
    centred = dnorm - dnorm.mean(axis=0)
    dx = (centred - normalized * np.mean(dnorm * normalized, axis=0)) / std
    return dx, dgamma, dbeta


def right(W1, gamma, beta, W2, b2, X, labels):
    z = X.dot(W1)
    n, cache = batchnorm_forward(z, gamma, beta)
    h = np.tanh(n)
    scores = h.dot(W2) + b2
    shifted = scores - scores.max(axis=1)[:, np.newaxis]
    dscores = np.exp(shifted - np.log(np.exp(shifted).sum(axis=1))[:, np.newaxis])
    np.subtract.at(dscores, (np.arange(len(labels)), labels), 1)
    dscores *= 1 / len(labels)
    dW2 = h.T.dot(dscores)
    db2 = dscores.sum(axis=0)
    dn = dscores.dot(W2.T) * (1 - h * h)
    dz, dgamma, dbeta = batchnorm_backward_alt(dn, cache)
    dW1 = X.T.dot(dz)
    return dW1, dgamma, dbeta, dW2, db2


class Layer:
    def __init__(self, **params):
        self.params, self.grads = params, {}


class Dense(Layer):
    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params.get("b", 0)

    def backward(self, grad):
        self.grads["W"] = self.x.T @ grad
        self.grads["b"] = grad.sum(axis=0)
        return grad @ self.params["W"].T


class BatchNorm(Layer):
    def forward(self, x):
        self.mu, self.var = x.mean(axis=0), x.var(axis=0)
        self.xmu = x - self.mu
        self.ivar = 1 / np.sqrt(self.var + EPS)
        self.xhat = self.xmu * self.ivar
        return self.params["gamma"] * self.xhat + self.params["beta"]

    def backward(self, grad):
        N = len(grad)
        self.grads["gamma"] = (grad * self.xhat).sum(axis=0)
        self.grads["beta"] = grad.sum(axis=0)
        dxhat = grad * self.params["gamma"]
        dvar = (dxhat * self.xmu).sum(axis=0) * -0.5 * self.ivar**3
        dmu = -(dxhat * self.ivar).sum(axis=0)
        return dxhat * self.ivar + dvar * self.xmu / N + dmu / N


class Tanh(Layer):
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad):
        return grad * (1 - self.out**2)


class SoftmaxCrossEntropy:
    def backward(self, scores, labels):
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        return (p - np.eye(p.shape[1])[labels]) / len(labels)


def backprop(W1, gamma, beta, W2, b2, X, labels):
    layers = [Dense(W=W1), BatchNorm(gamma=gamma, beta=beta), Tanh(), Dense(W=W2, b=b2)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = SoftmaxCrossEntropy().backward(out, labels)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    first, norm, _, last = layers
    return first.grads["W"], norm.grads["gamma"], norm.grads["beta"], last.grads["W"], last.grads["b"]

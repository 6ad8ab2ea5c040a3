"""Bakery gamma on one term only.

expected kind: missing-factor
wrong line: 92
correction 92: dx = gamma * inv / n * (n * dout - dbeta - xhat * dgamma)
what: The term of the variance has the gradient of gamma where that times gamma belongs
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
EPS = 1e-2


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven loaves of a bakery, three measures each; rye, wheat or spelt
    W1, gamma, beta = r.normal(size=(3, 4)), 1 + 0.4 * r.normal(size=4), 0.5 * r.normal(size=4)
    W2, b2 = r.normal(size=(4, 3)), 0.5 * r.normal(size=3)
    return W1, gamma, beta, W2, b2, r.normal(size=(7, 3)), np.eye(3)[r.integers(0, 3, size=7)]


def loss(W1, gamma, beta, W2, b2, loaves, flour):
    z = loaves @ W1
    z = z - np.mean(z, axis=0)
    h = np.tanh(gamma * z / np.sqrt(np.mean(z**2, axis=0) + EPS) + beta)
    scores = h @ W2 + b2
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.mean(np.sum((p - flour) ** 2, axis=1))


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.centred = x - x.mean(axis=0)
        self.inv = 1 / np.sqrt((self.centred**2).mean(axis=0) + EPS)
        self.xhat = self.centred * self.inv
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        N = dout.shape[0]
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        dxhat = dout * self.gamma
        dinv = (dxhat * self.centred).sum(axis=0)
        dvar = -0.5 * dinv * self.inv**3
        dcentred = dxhat * self.inv + 2 * self.centred * dvar / N
        return dcentred - dcentred.mean(axis=0)


class Softmax:
    def forward(self, scores):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, dp):
        return self.p * (dp - np.sum(dp * self.p, axis=1, keepdims=True))


def right(W1, gamma, beta, W2, b2, loaves, flour):
    norm, softmax = BatchNorm(gamma, beta), Softmax()
    h = np.tanh(norm.forward(loaves @ W1))
    p = softmax.forward(h @ W2 + b2)

    dscores = softmax.backward(2 * (p - flour) / len(loaves))
    dW2 = h.T @ dscores
    db2 = dscores.sum(axis=0)
    dh = dscores @ W2.T
    dz = norm.backward(dh * (1 - h * h))
    return {"W1": loaves.T @ dz, "gamma": norm.dgamma, "beta": norm.dbeta, "W2": dW2, "b2": db2}


def bn_forward(x, gamma, beta):
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    inv = 1.0 / np.sqrt(var + EPS)
    xhat = (x - mu) * inv
    return gamma * xhat + beta, (xhat, inv, gamma)


def bn_backward(dout, cache):
    """All in one line, as in the notes."""
    xhat, inv, gamma = cache
    n = len(dout)
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dx = inv / n * (n * gamma * dout - gamma * dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


def brier_backward(scores, onehot):
    dscores = np.empty_like(scores)
    for i, row in enumerate(scores):
        p = np.exp(row) / np.exp(row).sum()
        jacobian = np.diag(p) - np.outer(p, p)
        dscores[i] = jacobian @ (p - onehot[i]) * 2 / len(scores)
    return dscores


def backprop(W1, gamma, beta, W2, b2, loaves, flour):
    normed, cache = bn_forward(loaves.dot(W1), gamma, beta)
    h = np.tanh(normed)
    dscores = brier_backward(h.dot(W2) + b2, flour)

    grads = {"W2": h.T.dot(dscores), "b2": dscores.sum(axis=0)}
    dnormed = dscores.dot(W2.T) * (1 - h**2)
    dz, grads["gamma"], grads["beta"] = bn_backward(dnormed, cache)
    grads["W1"] = loaves.T.dot(dz)
    return grads

"""Harbor inverse of the deviation without its square.

expected kind: missing-factor
wrong line: 126
correction 126: dsqrtvar = -1.0 / sqrtvar**2 * divar
what: The derivative of one over the standard deviation lacks one of the two factors
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]
KEEP = 0.7
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight ships, four readings each, bound for one of three ports; five hidden units
    W1, W2 = r.normal(size=(4, 5)), r.normal(size=(5, 3))
    gamma, beta = r.uniform(0.5, 1.6, size=5), 0.5 * r.normal(size=5)
    ships, port = r.normal(size=(8, 4)), r.integers(0, 3, size=8)
    kept = (r.random(size=(8, 5)) < KEEP).astype(float)
    return W1, gamma, beta, W2, 0.3 * r.normal(size=3), ships, port, kept


def loss(W1, gamma, beta, W2, b2, ships, port, kept):
    a = ships @ W1
    centred = a - np.mean(a, axis=0)
    hat = centred / np.sqrt(np.mean(centred * centred, axis=0) + EPS)
    h = np.maximum(gamma * hat + beta, 0) * kept / KEEP
    scores = h @ W2 + b2
    right_one = scores[np.arange(ships.shape[0]), port]
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - right_one)


class Affine:
    def __init__(self, W, b=None):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        out = x.dot(self.W)
        return out if self.b is None else out + self.b

    def backward(self, dout):
        self.dW = self.x.T.dot(dout)
        self.db = dout.sum(axis=0)
        return dout.dot(self.W.T)


class BatchNorm:
    def __init__(self, gamma, beta):
        self.gamma, self.beta = gamma, beta

    def forward(self, x):
        self.inv_std = 1 / np.sqrt(x.var(axis=0) + EPS)
        self.x_hat = (x - x.mean(axis=0)) * self.inv_std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        n = dout.shape[0]
        self.dgamma = np.sum(dout * self.x_hat, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        dx_hat = dout * self.gamma
        total = n * dx_hat - dx_hat.sum(axis=0) - self.x_hat * np.sum(dx_hat * self.x_hat, axis=0)
        return self.inv_std * total / n


class ReLU:
    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, dout):
        return dout * self.on


class Dropout:
    def __init__(self, mask):
        self.mask = mask

    def forward(self, x):
        return x * self.mask / KEEP

    def backward(self, dout):
        return dout * self.mask / KEEP


def right(W1, gamma, beta, W2, b2, ships, port, kept):
    first, norm, last = Affine(W1), BatchNorm(gamma, beta), Affine(W2, b2)
    layers = [first, norm, ReLU(), Dropout(kept), last]
    out = ships
    for layer in layers:
        out = layer.forward(out)
    p = np.exp(out - out.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(port)), port] -= 1
    dout = p / len(port)
    for layer in reversed(layers):
        dout = layer.backward(dout)
    return {"W1": first.dW, "gamma": norm.dgamma, "beta": norm.dbeta, "W2": last.dW, "b2": last.db}


def batchnorm_forward(x, gamma, beta):
    mu = x.mean(axis=0)
    xmu = x - mu
    sq = xmu**2
    var = sq.mean(axis=0)
    sqrtvar = np.sqrt(var + EPS)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    return gamma * xhat + beta, (xhat, gamma, xmu, ivar, sqrtvar)


def batchnorm_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar = cache
    N, D = dout.shape
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    # the two ways into xhat
    divar = (dxhat * xmu).sum(axis=0)
    dxmu = dxhat * ivar
    dsqrtvar = -1.0 / sqrtvar * divar
    dvar = 0.5 / sqrtvar * dsqrtvar
    dsq = np.ones((N, D)) * dvar / N
    dxmu = dxmu + 2 * xmu * dsq
    dmu = -dxmu.sum(axis=0)
    return dxmu + np.ones((N, D)) * dmu / N, dgamma, dbeta


def softmax_loss_gradient(scores, y):
    e = np.exp(scores - np.max(scores, axis=1)[:, None])
    probs = e / np.sum(e, axis=1)[:, None]
    targets = np.zeros(scores.shape)
    targets[np.arange(len(y)), y] = 1
    return (probs - targets) / len(y)


def backprop(W1, gamma, beta, W2, b2, ships, port, kept):
    a = np.dot(ships, W1)
    z, norm_cache = batchnorm_forward(a, gamma, beta)
    h = np.maximum(z, 0)
    dropped = h * (kept / KEEP)
    scores = np.dot(dropped, W2) + b2

    dscores = softmax_loss_gradient(scores, port)
    dW2 = np.dot(dropped.T, dscores)
    db2 = np.sum(dscores, axis=0)
    ddropped = np.dot(dscores, W2.T)
    dh = ddropped * (kept / KEEP)
    dz = np.where(z > 0, dh, 0)
    da, dgamma, dbeta = batchnorm_backward(dz, norm_cache)
    dW1 = np.dot(ships.T, da)
    return dW1, dgamma, dbeta, dW2, db2

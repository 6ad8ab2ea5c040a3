"""Steps variance leads nothing back.

expected kind: missing-term or detached
wrong line: 105 or 107
correction 105: ddiff = dxhat * istd + 2 * diff * dsq
correction 107: dz = ddiff + 2 * diff * dsq + np.ones_like(z) * dmean / n
what: The way through the variance is computed, but not added to the gradient of the differences
source: https://github.com/deeplearning4j/deeplearning4j/pull/8379
said: what comes from the derivatives of mean and variance is to be added to the resulting gradient
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, gamma, beta, W2, b2, x = (r.normal(size=s) for s in [(3, 4), 4, 4, (4, 3), 3, (7, 3)])
    return W1, gamma, beta + 0.5, W2, b2, x, np.array([0, 2, 1, 2, 2, 0, 1])


def loss(W1, gamma, beta, W2, b2, x, y):
    z = x @ W1
    diff = z - np.mean(z, axis=0)
    xhat = diff / np.sqrt(np.mean(diff**2, axis=0) + 1e-3)
    s = np.maximum(0, gamma * xhat + beta) @ W2 + b2
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - np.sum(s * np.eye(3)[y], axis=1))


def batchnorm_forward(z, gamma, beta, eps=1e-3):
    mu, var = z.mean(axis=0), z.var(axis=0)
    xhat = (z - mu) / np.sqrt(var + eps)
    return gamma * xhat + beta, (xhat, var + eps, gamma)


def batchnorm_backward(dout, cache):
    xhat, var_eps, gamma = cache
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(xhat * dout, axis=0)
    dxhat = gamma * dout
    dz = dxhat - dxhat.mean(axis=0)
    dz = dz - xhat * (dxhat * xhat).mean(axis=0)
    dz = dz / np.sqrt(var_eps)
    return dz, dgamma, dbeta


def cross_entropy(logits, y):
    probs = np.exp(logits - np.max(logits, axis=1)[:, None])
    probs = probs / np.sum(probs, axis=1)[:, None]
    value = -np.sum(np.log(probs[np.arange(len(y)), y]))
    probs[np.arange(len(y)), y] -= 1
    return value, probs


def right(W1, gamma, beta, W2, b2, x, y):
    hprebn = x.dot(W1)
    hpreact, cache = batchnorm_forward(hprebn, gamma, beta)
    h = hpreact * (hpreact > 0)
    _, dlogits = cross_entropy(h.dot(W2) + b2, y)
    grads = dict(W2=h.T.dot(dlogits), b2=dlogits.sum(axis=0))
    dh = dlogits.dot(W2.T)
    dhpreact = np.where(hpreact > 0, dh, 0)
    dhprebn, grads["gamma"], grads["beta"] = batchnorm_backward(dhpreact, cache)
    grads["W1"] = x.T.dot(dhprebn)
    return grads


def backprop(W1, gamma, beta, W2, b2, x, y):
    n = len(x)
    z = x @ W1
    mean = z.sum(0) / n
    diff = z - mean
    sq = diff * diff
    var = sq.sum(0) / n
    std = np.sqrt(var + 1e-3)
    istd = 1 / std
    xhat = diff * istd
    scaled = gamma * xhat
    pre = scaled + beta
    act = np.maximum(pre, 0)
    logits = act @ W2 + b2
    maxes = logits.max(1, keepdims=True)
    counts = np.exp(logits - maxes)
    total = counts.sum(1, keepdims=True)
    probs = counts / total

    dprobs = np.zeros_like(probs)
    dprobs[np.arange(n), y] = -1 / probs[np.arange(n), y]
    dtotal = (-counts / total**2 * dprobs).sum(1, keepdims=True)
    dcounts = dprobs / total + dtotal
    dlogits = dcounts * counts
    db2 = dlogits.sum(0)
    dW2 = act.T @ dlogits
    dact = dlogits @ W2.T
    dpre = dact * (pre > 0)
    dbeta = dpre.sum(0)
    dscaled = dpre
    dgamma = (dscaled * xhat).sum(0)
    dxhat = dscaled * gamma
    distd = (dxhat * diff).sum(0)
    dstd = -distd / std**2
    dvar = dstd * 0.5 / std
    dsq = np.ones_like(sq) * dvar / n
    ddiff = dxhat * istd
    dmean = -ddiff.sum(0)
    dz = ddiff + np.ones_like(z) * dmean / n
    dW1 = x.T @ dz
    return dW1, dgamma, dbeta, dW2, db2

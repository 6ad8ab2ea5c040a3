"""Combined layers mask of the gradient and power of the deviation.

expected kind: wrong-mask + missing-factor
wrong line: 78 and 96
correction 78: dx = dout * (x > 0)
correction 96: dvar = (dnorm * centred * -0.5 / std**3).sum(axis=2, keepdims=True)
what: The relu's mask is taken of the gradient that comes back; behind it the norm's variance has the square of the deviation for its cube
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w1", "b1", "gamma", "beta", "w2", "b2"]
G = 2
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 6), 6, 6, 6, (6, 2), 2, (8, 4), (8, 2)]
    w1, b1, gamma, beta, w2, b2, x, y = (r.normal(size=s) for s in shapes)
    return w1, b1, gamma, beta + 1, w2, b2, x, y


def loss(w1, b1, gamma, beta, w2, b2, x, y):
    groups = (x @ w1 + b1).reshape(len(x), G, 3)
    centred = groups - np.mean(groups, axis=2, keepdims=True)
    xhat = centred / np.sqrt(np.mean(centred**2, axis=2, keepdims=True) + EPS)
    out = np.maximum(0, gamma * xhat.reshape(len(x), 6) + beta) @ w2 + b2
    return np.sum((out - y) ** 2) / len(x)


def right(w1, b1, gamma, beta, w2, b2, x, y):
    N, C = len(x), len(gamma)
    size = C // G
    a = x @ w1 + b1
    mean, rstd = np.zeros((N, G)), np.zeros((N, G))
    for g in range(G):
        part = a[:, g * size : (g + 1) * size]
        mean[:, g] = part.mean(axis=1)
        rstd[:, g] = 1 / np.sqrt(part.var(axis=1) + EPS)
    xhat = np.zeros((N, C))
    for c in range(C):
        xhat[:, c] = (a[:, c] - mean[:, c // size]) * rstd[:, c // size]
    h = np.maximum(0, gamma * xhat + beta)
    dy = 2 * (h @ w2 + b2 - y) / N
    dh = (dy @ w2.T) * (h > 0)

    dgamma, dbeta, da = np.zeros(C), np.zeros(C), np.zeros((N, C))
    for c in range(C):
        g = c // size
        dbeta[c] = dh[:, c].sum()
        dgamma[c] = np.sum(dh[:, c] * (a[:, c] - mean[:, g]) * rstd[:, g])
    for n in range(N):
        for g in range(G):
            s = slice(g * size, (g + 1) * size)
            dxhat = dh[n, s] * gamma[s]
            da[n, s] = rstd[n, g] * (dxhat - np.mean(dxhat) - xhat[n, s] * np.mean(dxhat * xhat[n, s]))
    return np.dot(x.T, da), da.sum(0), dgamma, dbeta, np.dot(h.T, dy), dy.sum(0)


def affine_forward(x, w, b):
    return np.dot(x, w) + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return np.dot(dout, w.T), np.dot(x.T, dout), dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    x = cache
    dx = dout * (dout > 0)
    return dx


def groupnorm_forward(x, gamma, beta):
    N, C = x.shape
    x = x.reshape(N, G, C // G)
    mean = x.mean(axis=2, keepdims=True)
    std = np.sqrt(x.var(axis=2, keepdims=True) + EPS)
    norm = ((x - mean) / std).reshape(N, C)
    return gamma * norm + beta, (x - mean, std, norm, gamma)


def groupnorm_backward(dout, cache):
    centred, std, norm, gamma = cache
    N, C = dout.shape
    dbeta, dgamma = dout.sum(axis=0), (dout * norm).sum(axis=0)
    dnorm = (dout * gamma).reshape(N, G, C // G)
    dvar = (dnorm * centred * -0.5 / std**2).sum(axis=2, keepdims=True)
    dmean = (-dnorm / std).sum(axis=2, keepdims=True)
    dx = dnorm / std + (2 * dvar * centred + dmean) / (C // G)
    return dx.reshape(N, C), dgamma, dbeta


def backprop(w1, b1, gamma, beta, w2, b2, x, y):
    out, cache1 = affine_forward(x, w1, b1)
    out, cache_norm = groupnorm_forward(out, gamma, beta)
    out, cache_relu = relu_forward(out)
    out, cache2 = affine_forward(out, w2, b2)
    dout = 2 * (out - y) / x.shape[0]
    dout, dw2, db2 = affine_backward(dout, cache2)
    dout = relu_backward(dout, cache_relu)
    dout, dgamma, dbeta = groupnorm_backward(dout, cache_norm)
    _, dw1, db1 = affine_backward(dout, cache1)
    return {"w1": dw1, "b1": db1, "gamma": dgamma, "beta": dbeta, "w2": dw2, "b2": db2}

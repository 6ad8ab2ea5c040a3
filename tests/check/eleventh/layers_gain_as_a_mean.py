"""Layers gain as a mean.

expected kind: mean-for-sum
wrong line: 99
correction 99: grads["gamma"] = np.sum(dout * a_norm, axis=0)
what: The gain's gradient is a mean over the rows, where the mean is in the scores' gradient already
source: https://github.com/wjbKimberly/cs231n_spring_2017_assignment/issues/7
said: should the gain's sum not be a mean, since it grows with the batch?
"""

import numpy as np

PARAMETERS = ["w1", "b1", "gamma", "beta", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 5), 5, 5, 5, (5, 4), 4, (6, 3)]
    return *(r.normal(size=s) for s in shapes), np.array([0, 3, 2, 1, 1, 0])


def loss(w1, b1, gamma, beta, w2, b2, x, y):
    a = x @ w1 + b1
    centred = a - np.mean(a, axis=1, keepdims=True)
    xhat = centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + 1e-5)
    scores = np.maximum(0, gamma * xhat + beta) @ w2 + b2
    right = np.sum(scores * np.eye(4)[y], axis=1)
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - right)


def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    return dout.dot(w.T), x.T.dot(dout), np.sum(dout, axis=0)


def layernorm_forward(x, gamma, beta, eps=1e-5):
    mu = np.mean(x, axis=1, keepdims=True)
    var = np.var(x, axis=1, keepdims=True)
    ivar = 1 / np.sqrt(var + eps)
    xhat = (x - mu) * ivar
    return gamma * xhat + beta, (x, xhat, gamma, mu, ivar)


def layernorm_backward(dout, cache):
    x, xhat, gamma, mu, ivar = cache
    D = x.shape[1]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu), axis=1, keepdims=True) * -0.5 * ivar**3
    dmu = -np.sum(dxhat * ivar, axis=1, keepdims=True)
    dx = dxhat * ivar + dvar * 2 * (x - mu) / D + dmu / D
    return dx, dgamma, dbeta


def softmax_loss(x, y):
    p = np.exp(x - np.max(x, axis=1, keepdims=True))
    p /= np.sum(p, axis=1, keepdims=True)
    dx = p.copy()
    dx[np.arange(len(y)), y] -= 1
    return -np.mean(np.log(p[np.arange(len(y)), y])), dx / len(y)


def right(w1, b1, gamma, beta, w2, b2, x, y):
    a, fc_cache = affine_forward(x, w1, b1)
    n, norm_cache = layernorm_forward(a, gamma, beta)
    h = np.maximum(0, n)
    scores, out_cache = affine_forward(h, w2, b2)
    _, dscores = softmax_loss(scores, y)
    dh, dw2, db2 = affine_backward(dscores, out_cache)
    dn = dh * (n > 0)
    da, dgamma, dbeta = layernorm_backward(dn, norm_cache)
    _, dw1, db1 = affine_backward(da, fc_cache)
    return dw1, db1, dgamma, dbeta, dw2, db2


def backprop(w1, b1, gamma, beta, w2, b2, x, y):
    N = x.shape[0]
    a = x @ w1 + b1
    std = np.sqrt(a.var(axis=1) + 1e-5)[:, None]
    a_norm = (a - a.mean(axis=1)[:, None]) / std
    out = gamma * a_norm + beta
    relu = np.where(out > 0, out, 0)
    logits = relu @ w2 + b2
    exps = np.exp(logits)
    dlogits = exps / exps.sum(axis=1)[:, None]
    for n in range(N):
        dlogits[n, y[n]] -= 1
    dlogits = dlogits / N

    grads = {"w2": relu.T @ dlogits, "b2": dlogits.sum(axis=0)}
    dout = dlogits @ w2.T
    dout[out <= 0] = 0
    grads["beta"] = np.sum(dout, axis=0)
    grads["gamma"] = np.mean(dout * a_norm, axis=0)
    d = dout * gamma
    da = d - d.mean(axis=1, keepdims=True)
    da -= a_norm * np.mean(d * a_norm, axis=1, keepdims=True)
    da /= std
    grads["w1"] = x.T @ da
    grads["b1"] = da.sum(axis=0)
    return grads

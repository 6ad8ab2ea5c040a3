"""Block counted by all but the first axis.

expected kind: mean-for-sum or scale
wrong line: 67
correction 67: N = dy.shape[-1]
what: The mean of the norm's closed form is divided by the elements behind the first axis, not by those of the last,
    over which it goes
source: https://github.com/flagos-ai/FlagGems/issues/5392
said: the backward pass takes the input to have two axes: M is the first of them, N all the rest, so that gradients of
    three axes are wrong
"""

import numpy as np

PARAMETERS = ["E", "W", "b", "g", "v"]

eps = 0.01


def data(seed=0):
    r = np.random.default_rng(seed)
    E, W, b, g, v = (r.normal(size=s) for s in [(6, 4), (4, 4), 4, 4, 4])
    return E, W, b, g, v, np.array([[0, 3, 1], [5, 2, 3]]), np.array([1, 0])


def loss(E, W, b, g, v, words, y):
    x = E[words]
    u = x + np.tanh(x @ W + b)
    c = u - np.mean(u, axis=-1, keepdims=True)
    n = g * c / np.sqrt(np.mean(c * c, axis=-1, keepdims=True) + eps)
    s = np.mean(n, axis=1) @ v
    return np.sum(np.log(1 + np.exp(s)) - y * s)


def norm(u):
    sigma = np.sqrt(((u - u.mean(axis=-1, keepdims=True)) ** 2).mean(axis=-1, keepdims=True) + eps)
    return (u - u.mean(axis=-1, keepdims=True)) / sigma, sigma


def right(E, W, b, g, v, words, y):
    dE, dW, db, dg, dv = (np.zeros_like(a) for a in (E, W, b, g, v))
    for sentence, label in zip(words, y):
        T = len(sentence)
        x = E[sentence]
        h = np.tanh(x.dot(W) + b)
        z, sigma = norm(x + h)
        mean = np.mean(z * g, axis=0)
        error = 1 / (1 + np.exp(-mean.dot(v))) - label
        dv += error * mean
        dout = np.tile(error * v / T, (T, 1))
        dg += np.sum(dout * z, axis=0)
        dz = dout * g
        proj = np.mean(dz * z, axis=1, keepdims=True)
        mean_dz = np.mean(dz, axis=1, keepdims=True)
        du = (dz - mean_dz - z * proj) / sigma
        dx = du.copy()
        da = du * (1 - h**2)
        dW += x.T.dot(da)
        db += da.sum(axis=0)
        dx += da.dot(W.T)
        for t, word in enumerate(sentence):
            dE[word] += dx[t]
    return dE, dW, db, dg, dv


def layer_norm_backward(dy, xhat, rstd, weight):
    N = dy.size // dy.shape[0]
    wdy = weight * dy
    c1 = np.sum(xhat * wdy, axis=-1, keepdims=True) / N
    c2 = np.sum(wdy, axis=-1, keepdims=True) / N
    dx = (wdy - (xhat * c1 + c2)) * rstd
    return dx, np.sum(dy * xhat, axis=(0, 1))


def backprop(E, W, b, g, v, words, y):
    x = E[words]
    t = np.tanh(x @ W + b)
    u = x + t
    rstd = 1 / np.sqrt(u.var(axis=-1, keepdims=True) + eps)
    xhat = (u - u.mean(axis=-1, keepdims=True)) * rstd
    pooled = (g * xhat).mean(axis=1)
    p = 1 / (1 + np.exp(-pooled @ v))
    ds = p - y
    dv = pooled.T @ ds
    dn = np.broadcast_to((ds[:, None] * v)[:, None, :] / words.shape[1], xhat.shape)
    du, dg = layer_norm_backward(dn, xhat, rstd, g)
    dt = du * (1 - t * t)
    dW = np.einsum("ntd,nte->de", x, dt)
    db = dt.sum(axis=(0, 1))
    dx = du + dt @ W.T
    dE = np.zeros_like(E)
    np.add.at(dE, words, dx)
    return dE, dW, db, dg, dv

"""Prenorm gradient of the normalised handed on.

expected kind: missing-factor
wrong line: 139
correction 139: dx1 = dx2 + dn2_in
what: What goes on is the gradient of the layer norm's output, not that of its input
source: https://github.com/deeplearning4j/deeplearning4j/pull/3195
said: forward the normalised values are used, but going back it is the gradient of these that is returned, not that of what was normalised
"""

import numpy as np

PARAMETERS = ["g1", "Wqkv", "Wo", "g2", "W1", "W2", "V"]
EPS = 1e-5
MASK = np.triu(np.full((4, 4), -1e9), 1)


def data(seed=0):
    r = np.random.default_rng(seed)
    g1, g2 = r.uniform(0.5, 1.5, size=(2, 4))
    weights = [0.6 * r.normal(size=shape) for shape in ((4, 12), (4, 4), (4, 6), (6, 4), (4, 3))]
    return g1, *weights[:2], g2, *weights[2:], r.normal(size=(3, 4, 4)), np.array([1, 0, 2])


def loss(g1, Wqkv, Wo, g2, W1, W2, V, X, labels):
    d = len(g1)
    centred = X - np.mean(X, axis=2, keepdims=True)
    qkv = (g1 * centred / np.sqrt(np.mean(centred**2, axis=2, keepdims=True) + EPS)) @ Wqkv
    e = np.exp(qkv[:, :, :d] @ np.swapaxes(qkv[:, :, d : 2 * d], 1, 2) / np.sqrt(d) + MASK)
    X1 = X + (e / np.sum(e, axis=2, keepdims=True)) @ qkv[:, :, 2 * d :] @ Wo
    centred = X1 - np.mean(X1, axis=2, keepdims=True)
    u = (g2 * centred / np.sqrt(np.mean(centred**2, axis=2, keepdims=True) + EPS)) @ W1
    gelu = 0.5 * u * (1 + np.tanh(np.sqrt(2 / np.pi) * (u + 0.044715 * u**3)))
    scores = np.mean(X1 + gelu @ W2, axis=1) @ V
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(X)), labels])


def normalise(x):
    s = np.sqrt(np.var(x, axis=1) + EPS)[:, None]
    return (x - np.mean(x, axis=1)[:, None]) / s, s


def normalise_grad(g, y, s):
    return (g - np.mean(g, axis=1)[:, None] - y * np.mean(g * y, axis=1)[:, None]) / s


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_grad(x):
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    slope = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * slope


def one_sequence(x, label, params, grads, count):
    g1, Wqkv, Wo, g2, W1, W2, V = params.values()
    T, d = x.shape
    y1, s1 = normalise(x)
    q, k, v = np.hsplit((y1 * g1) @ Wqkv, 3)
    a = np.exp(q @ k.T / np.sqrt(d) + MASK)
    a = a / a.sum(axis=1)[:, None]
    z = a @ v
    x1 = x + z @ Wo
    y2, s2 = normalise(x1)
    u = (y2 * g2) @ W1
    x2 = x1 + gelu(u) @ W2
    p = np.exp(x2.mean(axis=0) @ V)
    p = p / p.sum()

    p[label] -= 1
    dlogit = p / count
    grads["V"] += np.outer(x2.mean(axis=0), dlogit)
    dx2 = np.tile(V @ dlogit / T, (T, 1))
    grads["W2"] += gelu(u).T @ dx2
    du = dx2 @ W2.T * gelu_grad(u)
    grads["W1"] += (y2 * g2).T @ du
    dn2 = du @ W1.T
    grads["g2"] += (dn2 * y2).sum(axis=0)
    dx1 = dx2 + normalise_grad(dn2 * g2, y2, s2)
    grads["Wo"] += z.T @ dx1
    dz = dx1 @ Wo.T
    da = dz @ v.T
    ds = a * (da - np.sum(da * a, axis=1)[:, None]) / np.sqrt(d)
    dqkv = np.hstack([ds @ k, ds.T @ q, a.T @ dz])
    grads["Wqkv"] += (y1 * g1).T @ dqkv
    grads["g1"] += np.sum(dqkv @ Wqkv.T * y1, axis=0)


def right(g1, Wqkv, Wo, g2, W1, W2, V, X, labels):
    params = {"g1": g1, "Wqkv": Wqkv, "Wo": Wo, "g2": g2, "W1": W1, "W2": W2, "V": V}
    grads = {name: np.zeros_like(p) for name, p in params.items()}
    for x, label in zip(X, labels):
        one_sequence(x, label, params, grads, len(X))
    return grads


def norm_forward(x, gain):
    mean = x.mean(-1, keepdims=True)
    inv_std = 1 / np.sqrt(x.var(-1, keepdims=True) + EPS)
    xhat = (x - mean) * inv_std
    return gain * xhat, (xhat, inv_std, gain)


def norm_backward(dy, cache):
    xhat, inv_std, gain = cache
    dgain = np.einsum("ntd,ntd->d", dy, xhat)
    dxhat = dy * gain
    dx = inv_std * (dxhat - dxhat.mean(-1, keepdims=True) - xhat * np.mean(dxhat * xhat, -1, keepdims=True))
    return dx, dgain


def backprop(g1, Wqkv, Wo, g2, W1, W2, V, X, labels):
    N, T, d = X.shape
    n1, cache1 = norm_forward(X, g1)
    q, k, v = np.split(n1 @ Wqkv, 3, axis=-1)
    att = np.exp(np.einsum("nid,njd->nij", q, k) / np.sqrt(d) + MASK)
    att /= att.sum(-1, keepdims=True)
    mix = np.einsum("nij,njd->nid", att, v)
    x1 = X + mix @ Wo
    n2, cache2 = norm_forward(x1, g2)
    u = n2 @ W1
    th = np.tanh(np.sqrt(2 / np.pi) * (u + 0.044715 * u**3))
    h = 0.5 * u * (1 + th)
    pooled = (x1 + h @ W2).mean(axis=1)
    p = np.exp(pooled @ V)
    p /= p.sum(-1, keepdims=True)

    dlogits = (p - np.eye(V.shape[1])[labels]) / N
    dV = pooled.T @ dlogits
    dx2 = np.repeat((dlogits @ V.T)[:, None, :], T, axis=1) / T
    dW2 = np.einsum("nth,ntd->hd", h, dx2)
    dh = dx2 @ W2.T
    du = dh * (0.5 * (1 + th) + 0.5 * u * (1 - th**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * u**2))
    dW1 = np.einsum("ntd,nth->dh", n2, du)
    dn2 = du @ W1.T
    dn2_in, dg2 = norm_backward(dn2, cache2)
    dx1 = dx2 + dn2
    dWo = np.einsum("ntd,nte->de", mix, dx1)
    dmix = dx1 @ Wo.T
    datt = np.einsum("nid,njd->nij", dmix, v)
    dv = np.einsum("nij,nid->njd", att, dmix)
    ds = att * (datt - np.einsum("nij,nij->ni", datt, att)[..., None]) / np.sqrt(d)
    dq = np.einsum("nij,njd->nid", ds, k)
    dk = np.einsum("nij,nid->njd", ds, q)
    dqkv = np.concatenate([dq, dk, dv], axis=-1)
    dWqkv = np.einsum("ntd,nte->de", n1, dqkv)
    _, dg1 = norm_backward(dqkv @ Wqkv.T, cache1)
    return dg1, dWqkv, dWo, dg2, dW1, dW2, dV

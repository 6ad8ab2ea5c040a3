"""Glaze swish divides its last term only.

expected kind: missing-factor
wrong line: 86
correction 86: return (1 + e + u * e) / (1 + e) ** 2
what: In the slope of swish the brackets of the numerator are missing, so only its last term is divided
source: https://github.com/chelsea0x3b/dfdx/pull/915
said: asks whether brackets are missing in the derivative of SiLU, and they are
"""

import numpy as np

PARAMETERS = ["W1", "b1", "g", "s", "W2"]
GROUPS = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, kinds = 6, 6, 3
    W1, b1 = 0.8 * r.normal(size=(d, d)), 0.5 * r.normal(size=d)
    g, s, W2 = r.uniform(0.6, 1.9, size=d), 0.6 * r.normal(size=d), 1.2 * r.normal(size=(d, kinds))
    return W1, b1, g, s, W2, 1.3 * r.normal(size=(n, d)), r.integers(0, kinds, size=n)


def loss(W1, b1, g, s, W2, clay, firing):
    n, d = clay.shape
    u = np.reshape(clay @ W1 + b1, (n, GROUPS, d // GROUPS))
    c = u - np.mean(u, axis=2, keepdims=True)
    normed = c / np.sqrt(np.mean(c * c, axis=2, keepdims=True) + 0.01)
    a = np.reshape(normed, (n, d)) * g + s
    # swish, and the clay itself
    logits = (a / (1 + np.exp(-a)) + clay) @ W2
    return np.sum(np.log(np.sum(np.exp(logits), axis=1)) - logits[np.arange(n), firing])


def group_norm(u):
    n, d = u.shape
    blocks = u.reshape(n, GROUPS, d // GROUPS)
    rstd = 1 / np.sqrt(blocks.var(axis=-1, keepdims=True) + 0.01)
    return ((blocks - blocks.mean(axis=-1, keepdims=True)) * rstd).reshape(n, d), rstd


def group_norm_back(d, hat, rstd):
    shape = (len(d), GROUPS, -1)
    d, hat = d.reshape(shape), hat.reshape(shape)
    m = d.shape[-1]
    sums = d.sum(axis=-1, keepdims=True), (d * hat).sum(axis=-1, keepdims=True)
    return (rstd * (d - (sums[0] + hat * sums[1]) / m)).reshape(len(d), -1)


def swish(x):
    return x / (1 + np.exp(-x))


def swish_back(d, x):
    sig = 1 / (1 + np.exp(-x))
    return d * sig * (1 + x * (1 - sig))


def kiln(p, x):
    cache = {"x": x}
    cache["hat"], cache["rstd"] = group_norm(x @ p["W1"] + p["b1"])
    cache["pre"] = cache["hat"] * p["g"] + p["s"]
    cache["h"] = swish(cache["pre"]) + x
    logits = cache["h"] @ p["W2"]
    cache["prob"] = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return cache


def right(W1, b1, g, s, W2, clay, firing):
    p = {"W1": W1, "b1": b1, "g": g, "s": s, "W2": W2}
    cache, grads = kiln(p, clay), {}
    dlogits = cache["prob"] - np.eye(W2.shape[1])[firing]
    grads["W2"] = cache["h"].T @ dlogits
    dpre = swish_back(dlogits @ W2.T, cache["pre"])
    grads["g"] = np.einsum("nd,nd->d", dpre, cache["hat"])
    grads["s"] = dpre.sum(axis=0)
    du = group_norm_back(dpre * g, cache["hat"], cache["rstd"])
    grads["W1"] = cache["x"].T @ du
    grads["b1"] = du.sum(axis=0)
    return grads


def swish_slope(u):
    e = np.exp(-u)
    return 1 + e + u * e / (1 + e) ** 2


def pot(W1, b1, g, s, W2, x, kind):
    d = len(x)
    size = d // GROUPS
    u = x @ W1 + b1
    hat, dev = np.zeros(d), []
    for k in range(GROUPS):
        part = slice(k * size, (k + 1) * size)
        dev.append(np.sqrt(np.var(u[part]) + 0.01))
        hat[part] = (u[part] - np.mean(u[part])) / dev[k]
    a = g * hat + s
    h = a / (1 + np.exp(-a)) + x
    p = np.exp(h @ W2)
    p /= p.sum()
    p[kind] -= 1
    da = (W2 @ p) * swish_slope(a)
    dhat = da * g
    du = np.zeros(d)
    for k in range(GROUPS):
        part = slice(k * size, (k + 1) * size)
        inner = dhat[part]
        du[part] = (inner - inner.mean() - hat[part] * np.mean(inner * hat[part])) / dev[k]
    return np.outer(x, du), du, da * hat, da, np.outer(h, p)


def backprop(W1, b1, g, s, W2, clay, firing):
    out = [np.zeros_like(w) for w in (W1, b1, g, s, W2)]
    for x, kind in zip(clay, firing):
        for total, piece in zip(out, pot(W1, b1, g, s, W2, x, kind)):
            total += piece
    return out

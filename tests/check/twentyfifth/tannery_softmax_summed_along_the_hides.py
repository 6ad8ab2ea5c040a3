"""Tannery softmax summed along the hides.

expected kind: wrong-axis
wrong line: 91
correction 91: return p * (g - np.sum(p * g, axis=1, keepdims=True))
what: Going back through the softmax the products are summed over the examples, not over the classes
source: https://github.com/RubixML/ML/pull/480
said: the sum in the product with the Jacobian of the softmax runs over the batch for each class, it should run over the classes for each sample
"""

import numpy as np

PARAMETERS = ["V1", "c1", "V2", "c2", "V3", "c3"]
KEEP, ROUGH, SMOOTH = 0.8, 0.03, 0.06


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes, params = (3, 4, 5, 3), []
    for a, b in zip(sizes[:-1], sizes[1:]):
        params += [0.8 * r.normal(size=(a, b)), 0.3 * r.normal(size=b)]
    hides, quality = 1.5 * r.normal(size=(5, 3)), np.array([2, 0, 1, 1, 2])
    seen = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1], [1, 1, 1], [1, 0, 1]])
    left = np.array([[1, 0, 1, 1, 1], [1, 1, 1, 0, 1], [0, 1, 1, 1, 1], [1, 1, 0, 1, 1], [1, 1, 1, 1, 0]])
    return *params, hides, quality, seen, left, np.array([1.0, 2.0, 0.5, 1.5, 1.0])


def loss(V1, c1, V2, c2, V3, c3, hides, quality, seen, left, worth):
    first = np.tanh((hides * seen / KEEP) @ V1 + c1)
    second = np.tanh(first @ V2 + c2) * left / KEEP
    s = second @ V3 + c3
    s = s - np.max(s, axis=1, keepdims=True)
    cost = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(quality)), quality]
    penalty = ROUGH * np.sum(np.abs(V1)) + SMOOTH * (np.sum(V2**2) + np.sum(V3**2))
    return np.sum(worth * cost) / np.sum(worth) + penalty


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def forward_pass(params, hides, seen, left):
    a, z = {0: hides * seen / KEEP}, {}
    for l in (1, 2):
        z[l] = a[l - 1] @ params["V%d" % l] + params["c%d" % l]
        a[l] = np.tanh(z[l])
        if l == 2:
            a[l] = a[l] * left / KEEP
    s = a[2] @ params["V3"] + params["c3"]
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return a, z, e / e.sum(axis=1, keepdims=True)


def right(V1, c1, V2, c2, V3, c3, hides, quality, seen, left, worth):
    params = {"V1": V1, "c1": c1, "V2": V2, "c2": c2, "V3": V3, "c3": c3}
    a, z, p = forward_pass(params, hides, seen, left)
    delta = p.copy()
    delta[np.arange(len(quality)), quality] -= 1
    delta *= (worth / worth.sum())[:, None]
    grads = {"V3": a[2].T @ delta, "c3": delta.sum(axis=0)}
    for l in (2, 1):
        delta = delta @ params["V%d" % (l + 1)].T
        if l == 2:
            delta = delta * left / KEEP
        delta = delta * tanh_slope(z[l])
        grads["V%d" % l] = a[l - 1].T @ delta
        grads["c%d" % l] = delta.sum(axis=0)
    grads["V1"] += ROUGH * np.sign(V1)
    for name in ("V2", "V3"):
        grads[name] += 2 * SMOOTH * params[name]
    return grads


def dense(x, V, c):
    def back(g):
        return np.einsum("ni,no->io", x, g), np.einsum("no->o", g), np.einsum("no,io->ni", g, V)

    return np.einsum("ni,io->no", x, V) + c, back


def bent(x):
    y = np.tanh(x)
    return y, lambda g: g - g * y * y


def chances(s):
    p = np.exp(s - s.max(axis=1)[:, None])
    p /= p.sum(axis=1)[:, None]

    def back(g):
        return p * (g - np.sum(p * g, axis=0, keepdims=True))

    return p, back


def backprop(V1, c1, V2, c2, V3, c3, hides, quality, seen, left, worth):
    s1, back1 = dense(hides * seen / KEEP, V1, c1)
    h1, unbend1 = bent(s1)
    s2, back2 = dense(h1, V2, c2)
    h2, unbend2 = bent(s2)
    s3, back3 = dense(h2 * left / KEEP, V3, c3)
    p, unchance = chances(s3)
    # minus the logarithm of the chance of what it is
    rows = np.arange(len(quality))
    g = np.zeros_like(p)
    g[rows, quality] = -worth / np.sum(worth) / p[rows, quality]
    gV3, gc3, g = back3(unchance(g))
    gV2, gc2, g = back2(unbend2(g * left / KEEP))
    gV1, gc1, _ = back1(unbend1(g))
    return gV1 + ROUGH * np.sign(V1), gc1, gV2 + 2 * SMOOTH * V2, gc2, gV3 + 2 * SMOOTH * V3, gc3

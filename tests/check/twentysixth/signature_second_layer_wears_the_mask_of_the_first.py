"""Signature second layer wears the mask of the first.

expected kind: wrong-mask
wrong line: 101
correction 101: delta = (delta @ W.T) * left2 / KEEP
what: Going back through the second dropout the mask of the first one is applied
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "a", "V", "b", "W", "c"]
KEEP, DECAY = 0.75, 0.02


def data(seed=0):
    r = np.random.default_rng(seed)
    params = []
    for n, m in ((3, 4), (4, 4), (4, 3)):
        params += [r.normal(size=(n, m)), 0.5 * r.normal(size=m)]
    strokes, writer = 1.4 * r.normal(size=(6, 3)), np.array([2, 0, 1, 1, 0, 2])
    left1 = np.array([[1, 1, 0, 1], [0, 1, 1, 1], [1, 1, 1, 0], [1, 0, 1, 1], [1, 1, 1, 1], [1, 1, 0, 1]])
    left2 = np.array([[0, 1, 1, 1], [1, 1, 0, 1], [1, 0, 1, 1], [1, 1, 1, 0], [1, 1, 0, 1], [0, 1, 1, 1]])
    return *params, strokes, writer, left1, left2, np.array([0.5, 1.0, 2.0])


def loss(U, a, V, b, W, c, strokes, writer, left1, left2, price):
    h = np.tanh(strokes @ U + a) * left1 / KEEP
    z = h @ V + b
    g = z / (1 + np.exp(-z)) * left2 / KEEP
    s = g @ W + c
    s = s - np.max(s, axis=1, keepdims=True)
    cost = np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(writer)), writer]
    return np.sum(price[writer] * cost) / len(writer) + DECAY * (np.sum(U**2) + np.sum(V**2) + np.sum(W**2))


def forward_layer(kind, x, weights, bias, mask):
    z = np.einsum("ni,io->no", x, weights) + bias
    if kind == "tanh":
        y = np.tanh(z)
        slope = 1 - y**2
    elif kind == "swish":
        gate = 1 / (1 + np.exp(-z))
        y, slope = z * gate, gate * (1 + z * (1 - gate))
    else:
        return z, None
    return y * mask / KEEP, slope * mask / KEEP


def right(U, a, V, b, W, c, strokes, writer, left1, left2, price):
    n = strokes.shape[0]
    h, slope1 = forward_layer("tanh", strokes, U, a, left1)
    g, slope2 = forward_layer("swish", h, V, b, left2)
    scores, _ = forward_layer("linear", g, W, c, None)
    shares = np.exp(scores - scores.max(axis=1).reshape(n, 1))
    shares /= shares.sum(axis=1).reshape(n, 1)

    dscores = np.zeros_like(shares)
    for i in range(n):
        right_one = np.eye(len(c))[writer[i]]
        dscores[i] = price[writer[i]] * (shares[i] - right_one) / n
    dW = np.einsum("ni,no->io", g, dscores) + 2 * DECAY * W
    dc = np.sum(dscores, axis=0)

    dz2 = np.einsum("no,io->ni", dscores, W) * slope2
    dV = np.einsum("ni,no->io", h, dz2) + 2 * DECAY * V
    db = np.sum(dz2, axis=0)

    dz1 = np.einsum("no,io->ni", dz2, V) * slope1
    dU = np.einsum("ni,no->io", strokes, dz1) + 2 * DECAY * U
    da = np.sum(dz1, axis=0)
    return dU, da, dV, db, dW, dc


def sig(z):
    return 1 / (1 + np.exp(-z))


def run_forward(p, strokes, left1, left2):
    cache = {"x": strokes}
    cache["t"] = np.tanh(strokes @ p["U"] + p["a"])
    cache["h"] = cache["t"] * left1 / KEEP
    cache["z"] = cache["h"] @ p["V"] + p["b"]
    cache["g"] = cache["z"] * sig(cache["z"]) * left2 / KEEP
    s = cache["g"] @ p["W"] + p["c"]
    s -= np.max(s, axis=1, keepdims=True)
    cache["p"] = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
    return cache


def backprop(U, a, V, b, W, c, strokes, writer, left1, left2, price):
    params = dict(U=U, a=a, V=V, b=b, W=W, c=c)
    cache = run_forward(params, strokes, left1, left2)
    grads = {}
    delta = cache["p"]
    delta[np.arange(len(writer)), writer] -= 1.0
    delta *= price[writer][:, None] / len(writer)
    grads["W"], grads["c"] = cache["g"].T @ delta, delta.sum(axis=0)
    # through the swish
    delta = (delta @ W.T) * left1 / KEEP
    gate = sig(cache["z"])
    delta = delta * (gate + cache["z"] * gate * (1 - gate))
    grads["V"], grads["b"] = cache["h"].T @ delta, delta.sum(axis=0)
    # through the tanh
    delta = (delta @ V.T) * left1 / KEEP
    delta = delta * (1 - cache["t"] ** 2)
    grads["U"], grads["a"] = cache["x"].T @ delta, delta.sum(axis=0)
    for name in "UVW":
        grads[name] += 2 * DECAY * params[name]
    return grads

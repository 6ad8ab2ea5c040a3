"""Highway without the carry.

expected kind: missing-term
wrong line: 56
correction 56: dx = dz.dot(W.T) + dg.dot(U.T) + dout * (1 - gate)
what: The input of a highway layer gets no gradient along the way on which it is carried past the layer
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=(5, 3)), r.normal(size=(5, 3))


def loss(W, U, x, y):
    for _ in range(3):
        t = 1 / (1 + np.exp(-(x @ U - 1)))
        x = t * np.maximum(0, x @ W) + (1 - t) * x
    return np.mean((x - y) ** 2)


def right(W, U, x, y):
    xs = [x]
    for _ in range(3):
        x = xs[-1]
        t = 1 / (1 + np.exp(1 - x @ U))
        xs.append(x + t * (np.maximum(0, x @ W) - x))
    d, gW, gU = 2 * (xs[3] - y) / y.size, 0 * W, 0 * U
    for x in (xs[2], xs[1], xs[0]):
        t, h = 1 / (1 + np.exp(1 - x @ U)), np.maximum(0, x @ W)
        ah, at = d * t * (h > 0), d * (h - x) * t * (1 - t)
        gW, gU = gW + x.T @ ah, gU + x.T @ at
        d = d - d * t + ah @ W.T + at @ U.T
    return gW, gU


def forward_layer(x, W, U):
    z = x.dot(W)
    h = np.maximum(z, 0)
    gate = 1 / (1 + np.exp(-(x.dot(U) - 1)))
    return h * gate + x * (1 - gate), (x, z, h, gate)


def backward_layer(dout, cache, W, U):
    x, z, h, gate = cache
    dh = dout * gate
    dgate = dout * (h - x)
    dz = dh * (z > 0)
    dg = dgate * gate * (1 - gate)
    dx = dz.dot(W.T) + dg.dot(U.T)
    return dx, x.T.dot(dz), x.T.dot(dg)


def backprop(W, U, x, y):
    caches = []
    out = x
    for _ in range(3):
        out, cache = forward_layer(out, W, U)
        caches.append(cache)
    dW, dU = np.zeros_like(W), np.zeros_like(U)
    grad = 2 * (out - y) / out.size
    while caches:
        grad, gW, gU = backward_layer(grad, caches.pop(), W, U)
        dW += gW
        dU += gU
    return dW, dU

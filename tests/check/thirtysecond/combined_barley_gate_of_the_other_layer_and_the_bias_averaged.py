"""Combined barley gate of the other layer and the bias averaged.

expected kind: wrong-mask + mean-for-sum
wrong line: 76 and 82
correction 76: db3 += d3
correction 82: d1[pre1 <= 0] = 0
what: The first hidden layer is gated by the signs of the second one; the last bias gets its gradient divided by the ears twice
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3", "b1", "b2", "b3"]
SMOOTH = 0.3


def data(seed=0):
    r = np.random.default_rng(seed)
    # six ears of barley, three traits, two hidden layers of five, four fields
    W = [0.8 * r.normal(size=s) for s in ((3, 5), (5, 5), (5, 4))]
    b = [0.4 * r.normal(size=s) for s in (5, 5, 4)]
    return *W, *b, r.normal(size=(6, 3)), r.integers(0, 4, size=6)


def loss(W1, W2, W3, b1, b2, b3, ears, field):
    a = np.maximum(np.maximum(ears @ W1 + b1, 0) @ W2 + b2, 0)
    z = a @ W3 + b3
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    # the labels are smoothed: a share of each is spread over all fields
    picked = log_p[np.arange(len(z)), field]
    return -np.mean((1 - SMOOTH) * picked + SMOOTH * log_p.mean(axis=1))


def forward(params, x):
    cache = {"A0": x}
    for l in (1, 2, 3):
        cache[f"Z{l}"] = cache[f"A{l - 1}"] @ params[f"W{l}"] + params[f"b{l}"]
        cache[f"A{l}"] = np.maximum(cache[f"Z{l}"], 0)
    return cache


def right(W1, W2, W3, b1, b2, b3, ears, field):
    params = dict(W1=W1, W2=W2, W3=W3, b1=b1, b2=b2, b3=b3)
    cache, grads = forward(params, ears), {}
    m, classes = cache["Z3"].shape
    p = np.exp(cache["Z3"])
    p /= p.sum(axis=1, keepdims=True)
    hard = np.eye(classes)[field]
    target = hard * (1 - SMOOTH) + SMOOTH / classes
    dZ = (p - target) / m
    for l in (3, 2, 1):
        grads[f"W{l}"] = cache[f"A{l - 1}"].T.dot(dZ)
        grads[f"b{l}"] = np.sum(dZ, axis=0)
        if l > 1:
            dA = dZ.dot(params[f"W{l}"].T)
            dZ = dA * (cache[f"Z{l - 1}"] > 0)
    return grads


def backprop(W1, W2, W3, b1, b2, b3, ears, field):
    dW1, dW2, dW3 = np.zeros(W1.shape), np.zeros(W2.shape), np.zeros(W3.shape)
    db1, db2, db3 = np.zeros(b1.shape), np.zeros(b2.shape), np.zeros(b3.shape)
    n, k = len(ears), len(b3)
    for ear, y in zip(ears, field):
        pre1 = W1.T @ ear + b1
        h1 = np.where(pre1 > 0, pre1, 0)
        pre2 = W2.T @ h1 + b2
        h2 = np.where(pre2 > 0, pre2, 0)
        e = np.exp(W3.T @ h2 + b3)
        # chance minus smoothed label
        d3 = e / e.sum() - SMOOTH / k
        d3[y] -= 1 - SMOOTH
        d3 = d3 / n
        dW3 += np.outer(h2, d3)
        db3 += d3 / n
        d2 = W3 @ d3
        d2[pre2 <= 0] = 0
        dW2 += np.outer(h1, d2)
        db2 += d2
        d1 = W2 @ d2
        d1[pre2 <= 0] = 0
        dW1 += np.outer(ear, d1)
        db1 += d1
    return dW1, dW2, dW3, db1, db2, db3

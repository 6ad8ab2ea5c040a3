"""Ladle biases with the rate of learning in them.

expected kind: scale
wrong line: 63
correction 63: grad_bias = 2 * weight * inner
what: The gradients of the biases are multiplied by the rate of learning, those of the vectors aren't
source: https://github.com/hans/glove.py/issues/1
said: a reader wants the rate of learning in the gradients of the biases; it comes in later, in the update
"""

import numpy as np

PARAMETERS = ["W", "C", "b", "c"]
TOP, POWER, RATE = 8.0, 0.75, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    # how often six words stand together in recipes; many never do
    together = r.integers(1, 15, size=(6, 6)) * (r.random(size=(6, 6)) < 0.7)
    W, C = 0.7 * r.normal(size=(6, 3)), 0.7 * r.normal(size=(6, 3))
    return W, C, 0.5 * r.normal(size=6), 0.5 * r.normal(size=6), together.astype(float)


def loss(W, C, b, c, together):
    total = 0.0
    for i, j in zip(*np.nonzero(together)):
        weight = min(1.0, (together[i, j] / TOP) ** POWER)
        total = total + weight * (W[i] @ C[j] + b[i] + c[j] - np.log(together[i, j])) ** 2
    return total


def right(W, C, b, c, together):
    seen = together > 0
    logs = np.log(np.where(seen, together, 1.0))
    f = np.where(seen, np.minimum(together / TOP, 1.0) ** POWER, 0.0)
    error = W @ C.T + b[:, None] + c[None, :] - logs
    G = 2 * f * error
    grads = {}
    grads["W"] = G @ C
    grads["C"] = G.T @ W
    grads["b"] = G.sum(axis=1)
    grads["c"] = G.sum(axis=0)
    return grads


def cooccurrences(together):
    for i in range(len(together)):
        for j in range(len(together)):
            if together[i, j] > 0:
                yield i, j, together[i, j]


def backprop(W, C, b, c, together):
    dW, dC, db, dc = [np.zeros_like(p) for p in (W, C, b, c)]
    for i, j, count in cooccurrences(together):
        weight = (count / TOP) ** POWER if count < TOP else 1.0
        inner = W[i].dot(C[j]) + b[i] + c[j] - np.log(count)
        # the vectors
        dW[i] += 2 * weight * inner * C[j]
        dC[j] += 2 * weight * inner * W[i]
        # the biases
        grad_bias = RATE * 2 * weight * inner
        db[i] += grad_bias
        dc[j] += grad_bias
    return dW, dC, db, dc

"""Arrays ladle square without its two.

expected kind: scale
wrong line: 61
correction 61: G = 2 * f * error
given as: arrays
what: The two of the square is missing everywhere
source: https://github.com/maciejkula/glove-python/issues/22
said: what is called the loss there is the weight times the error, not its square
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


def cooccurrences(together):
    for i in range(len(together)):
        for j in range(len(together)):
            if together[i, j] > 0:
                yield i, j, together[i, j]


def right(W, C, b, c, together):
    dW, dC, db, dc = [np.zeros_like(p) for p in (W, C, b, c)]
    for i, j, count in cooccurrences(together):
        weight = (count / TOP) ** POWER if count < TOP else 1.0
        inner = W[i].dot(C[j]) + b[i] + c[j] - np.log(count)
        # the vectors
        dW[i] += 2 * weight * inner * C[j]
        dC[j] += 2 * weight * inner * W[i]
        # the biases
        grad_bias = 2 * weight * inner
        db[i] += grad_bias
        dc[j] += grad_bias
    return dW, dC, db, dc


def backprop(W, C, b, c, together):
    seen = together > 0
    logs = np.log(np.where(seen, together, 1.0))
    f = np.where(seen, np.minimum(together / TOP, 1.0) ** POWER, 0.0)
    error = W @ C.T + b[:, None] + c[None, :] - logs
    G = f * error
    grads = {}
    grads["W"] = G @ C
    grads["C"] = G.T @ W
    grads["b"] = G.sum(axis=1)
    grads["c"] = G.sum(axis=0)
    return grads

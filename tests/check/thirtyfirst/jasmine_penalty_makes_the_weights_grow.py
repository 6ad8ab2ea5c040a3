"""Jasmine penalty makes the weights grow.

expected kind: sign
wrong line: 72
correction 72: dW = np.einsum("nd,nc->dc", teas, hit) + REG * W
what: The gradient of the penalty is taken off instead of added
source: https://github.com/hardmaru/estool/pull/35
said: the decay of the weights went in with the wrong sign, so that they blew up
"""

import numpy as np

PARAMETERS = ["W", "b"]
REG = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    # eight teas, four tastes, five gardens
    return r.normal(size=(4, 5)), 0.5 * r.normal(size=5), r.normal(size=(8, 4)), r.integers(0, 5, size=8)


def loss(W, b, teas, garden):
    total = 0.0
    for x, y in zip(teas, garden):
        scores = x @ W + b
        total = total + np.sum(np.maximum(0, scores - scores[y] + 1)) - 1
    return total / len(teas) + 0.5 * REG * np.sum(W**2)


def right(W, b, teas, garden):
    grads = {"W": np.zeros(W.shape), "b": np.zeros(b.shape)}
    n, classes = len(teas), W.shape[1]
    share = 1.0

    def add(c, amount, x):
        grads["W"][:, c] += amount * x
        grads["b"][c] += amount

    for x, y in zip(teas, garden):
        scores = np.dot(x, W) + b
        for c in range(classes):
            if c == y:
                continue
            margin = scores[c] - scores[y] + 1
            if margin > 0:
                add(c, share, x)
                add(y, -share, x)
    # the mean over the teas
    for name in grads:
        grads[name] /= n
    grads["W"] += REG * W
    return grads


def svm_scores(W, b, teas):
    return np.einsum("nd,dc->nc", teas, W) + b[None, :]


def svm_indicator(scores, garden):
    """+1 where a garden comes too near, and on the true one minus how many those are."""
    n = np.arange(scores.shape[0])
    margins = scores - scores[n, garden][:, None] + 1
    margins[n, garden] = 0
    hit = (margins > 0).astype(float)
    hit[n, garden] = -hit.sum(axis=1)
    return hit


def backprop(W, b, teas, garden):
    hit = svm_indicator(svm_scores(W, b, teas), garden) / teas.shape[0]
    dW = np.einsum("nd,nc->dc", teas, hit) - REG * W
    db = np.einsum("nc->c", hit)
    return dW, db

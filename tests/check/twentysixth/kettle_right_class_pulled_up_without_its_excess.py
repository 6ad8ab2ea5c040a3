"""Kettle right class pulled up without its excess.

expected kind: missing-factor
wrong line: 76
correction 76: dW[:, y] -= slope * h
what: The weights of the right class get two for every class that is over, not twice the excess, as if the hinge weren't squared
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["A", "a", "W", "b"]
STRENGTH, MARGIN = 0.2, 1.0


def data(seed=0):
    r = np.random.default_rng(seed)
    A, a, W, b = r.normal(size=(3, 5)), 0.5 * r.normal(size=5), 0.6 * r.normal(size=(5, 4)), 0.5 * r.normal(size=4)
    return A, a, W, b, r.normal(size=(8, 3)), np.array([0, 1, 2, 3, 3, 1, 0, 2])


def loss(A, a, W, b, sounds, kettle):
    n = sounds.shape[0]
    scores = np.maximum(sounds @ A + a, 0) @ W + b
    over = np.maximum(scores - scores[np.arange(n), kettle][:, None] + MARGIN, 0) ** 2
    # the right one is over by the margin itself
    return (np.sum(over) - n * MARGIN**2) / n + 0.5 * STRENGTH * (np.sum(A**2) + np.sum(W**2))


def hinge(scores, kettle):
    """The gradient of the mean of the squared excesses by the scores."""
    rows = np.arange(len(scores))
    own = scores[rows, kettle][:, np.newaxis]
    excess = scores - own + MARGIN
    active = excess > 0
    d = np.where(active, 2 * excess, 0.0)
    d[rows, kettle] = 0
    d[rows, kettle] = -np.sum(d, axis=1)
    return d / len(scores)


def affine(x, W, b):
    def pull(dout):
        return dout @ W.T, x.T @ dout + STRENGTH * W, np.sum(dout, axis=0)

    return x @ W + b, pull


def right(A, a, W, b, sounds, kettle):
    pre, pull_first = affine(sounds, A, a)
    scores, pull_second = affine(pre.clip(min=0), W, b)
    grads = {}
    dhidden, grads["W"], grads["b"] = pull_second(hinge(scores, kettle))
    _, grads["A"], grads["a"] = pull_first(dhidden * (pre > 0))
    return grads


def backprop(A, a, W, b, sounds, kettle):
    dA, da, dW, db = np.zeros(A.shape), np.zeros(a.shape), np.zeros(W.shape), np.zeros(b.shape)
    num_train, num_classes = len(sounds), W.shape[1]
    for i in range(num_train):
        x, y = sounds[i], kettle[i]
        pre = x.dot(A) + a
        h = np.maximum(0, pre)
        scores = h.dot(W) + b
        dh = np.zeros(h.shape)
        for j in range(num_classes):
            if j == y:
                continue
            gap = scores[j] - scores[y] + MARGIN
            if gap > 0:
                slope = 2 * gap / num_train
                dW[:, j] += slope * h
                db[j] += slope
                dW[:, y] -= 2 * h / num_train
                db[y] -= slope
                dh += slope * (W[:, j] - W[:, y])
        dh[pre <= 0] = 0
        dA += np.outer(x, dh)
        da += dh
    dW += STRENGTH * W
    dA += STRENGTH * A
    return dA, da, dW, db

"""The derivative of tanh is taken to be -tanh^2.

expected kind: missing-term
wrong line: 45 or 43
correction 43: D_ACT = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a ** 2}
correction 45: D_ACT = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a ** 2}
what: the 1 of 1 - tanh^2 is missing
source: https://github.com/scutan90/DeepLearning-500-questions/issues/544
said: A table of a popular book gives the derivative of tanh without the 1.
"""

import numpy as np

PARAMETERS = ["Wxh", "bh", "Who", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(6, 4)), r.integers(3, size=6),
        r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3),
    ]


def loss(X, y, Wxh, bh, Who, bo):
    h = np.tanh(X @ Wxh + bh)
    scores = h @ Who + bo
    scores = scores - np.max(scores, axis=1, keepdims=True)
    logp = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(X)), y])


def right(X, y, Wxh, bh, Who, bo):
    n = len(X)
    h = np.tanh(X @ Wxh + bh)
    e = np.exp(h @ Who + bo)
    d = (e / e.sum(1, keepdims=True) - np.eye(3)[y]) / n
    dh = d @ Who.T
    da = dh - dh * h * h
    return X.T @ da, da.sum(0), h.T @ d, d.sum(0)


D_ACT = {
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: -(a ** 2),
}


def backprop(X, y, Wxh, bh, Who, bo):
    a0 = X
    a1 = np.tanh(a0.dot(Wxh) + bh)
    s = a1.dot(Who) + bo
    s = np.exp(s - s.max(1)[:, None])
    probs = s / s.sum(1)[:, None]
    err = probs.copy()
    err[np.arange(len(y)), y] -= 1.0
    err /= len(y)
    gWho, gbo = a1.T.dot(err), err.sum(axis=0)
    err = err.dot(Who.T) * D_ACT["tanh"](a1)
    gWxh, gbh = a0.T.dot(err), err.sum(axis=0)
    return gWxh, gbh, gWho, gbo

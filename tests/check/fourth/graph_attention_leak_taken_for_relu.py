"""Graph attention leak taken for relu.

expected kind: wrong-activation or wrong-mask or wrong-point
wrong line: 59
correction 59: graw = ge * np.where(raw > 0, 1.0, 0.2)
what: The leaky units are led back as if they didn't leak
source: usual
said: written by who builds the search
"""

import numpy as np

PARAMETERS = ["W", "a1", "a2"]


def data(seed=0):
    g = np.random.default_rng(seed)
    A = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 1, 1], [0, 1, 1, 1]])
    return g.normal(size=(3, 4)), g.normal(size=4), g.normal(size=4), A, g.normal(size=(4, 3)), g.normal(size=(4, 4))


def loss(W, a1, a2, A, X, Y):
    H = X @ W
    e = (H @ a1)[:, None] + (H @ a2)[None, :]
    e = np.where(e > 0, e, 0.2 * e)
    w = np.exp(e) * A
    alpha = w / w.sum(1, keepdims=True)
    return 0.5 * ((alpha @ H - Y) ** 2).sum()


def right(W, a1, a2, A, X, Y):
    H = X @ W
    raw = np.add.outer(H @ a1, H @ a2)
    e = np.where(raw > 0, raw, 0.2 * raw)
    w = A * np.exp(e)
    alpha = w / w.sum(axis=1, keepdims=True)
    gO = alpha @ H - Y
    gH = alpha.T @ gO
    galpha = gO @ H.T
    ge = alpha * (galpha - (galpha * alpha).sum(axis=1, keepdims=True))
    graw = ge * np.where(raw > 0, 1.0, 0.2)
    gs, gt = graw.sum(axis=1), graw.sum(axis=0)
    ga1 = H.T @ gs
    ga2 = H.T @ gt
    gH += np.outer(gs, a1) + np.outer(gt, a2)
    return X.T @ gH, ga1, ga2


def backprop(W, a1, a2, A, X, Y):
    H = X @ W
    raw = np.add.outer(H @ a1, H @ a2)
    e = np.where(raw > 0, raw, 0.2 * raw)
    w = A * np.exp(e)
    alpha = w / w.sum(axis=1, keepdims=True)
    gO = alpha @ H - Y
    gH = alpha.T @ gO
    galpha = gO @ H.T
    ge = alpha * (galpha - (galpha * alpha).sum(axis=1, keepdims=True))
    graw = ge * (raw > 0)
    gs, gt = graw.sum(axis=1), graw.sum(axis=0)
    ga1 = H.T @ gs
    ga2 = H.T @ gt
    gH += np.outer(gs, a1) + np.outer(gt, a2)
    return X.T @ gH, ga1, ga2

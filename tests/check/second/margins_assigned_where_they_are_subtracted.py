"""Margins assigned where they are subtracted.

expected kind: missing-term
wrong line: 42
correction 42: X_mask[np.arange(num_train), y] -= counts
what: The entry of the right class is set to minus the count, where the count has to be subtracted from the 1 that
    stands there
source: github.com/bruceoutdoors/CS231n, issue 5
said: It should be -= where there is = -.
"""

import numpy as np

PARAMETERS = ["W"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(6, 4)), r.integers(0, 3, 6), 0.1


def loss(W, X, y, reg):
    s = X @ W
    margins = np.maximum(0, s - s[np.arange(len(y)), y][:, None] + 1)
    return np.sum(margins) / len(y) + reg * np.sum(W * W)


def right(W, X, y, reg):
    s = X @ W
    on = (s - np.take_along_axis(s, y[:, None], 1) + 1 > 0) * 1.0
    return X.T @ (on - on.sum(1, keepdims=True) * np.eye(3)[y]) / len(y) + 2 * reg * W


def backprop(W, X, y, reg):
    num_train = X.shape[0]
    scores = X.dot(W)
    correct = scores[np.arange(num_train), y].reshape(-1, 1)
    margins = np.maximum(0, scores - correct + 1)
    X_mask = np.zeros(margins.shape)
    X_mask[margins > 0] = 1
    counts = X_mask.sum(axis=1)
    X_mask[np.arange(num_train), y] = -counts
    dW = X.T.dot(X_mask)
    dW /= num_train
    dW += 2 * reg * W
    return dW

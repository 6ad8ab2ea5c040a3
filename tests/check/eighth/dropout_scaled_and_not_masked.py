"""Dropout scaled and not masked.

expected kind: missing-factor or wrong-mask
wrong line: 59
correction 59: dx = dout * mask / keep
what: The way back through dropout divides by the probability and doesn't apply the mask
source: https://github.com/ddbourgin/numpy-ml/issues/94
said: the gradient of the later layer should get the mask of the forward pass too, else it is too large
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


KEEP = 0.75


def data(seed=0):
    r = np.random.default_rng(seed)
    X, y = r.normal(size=(6, 4)), r.integers(0, 3, size=6)
    mask = (np.arange(30).reshape(6, 5) * 7 % 4 > 0).astype(float)
    return X, y, mask, r.normal(size=(4, 5)), r.normal(size=5), r.normal(size=(5, 3)), r.normal(size=3)


def loss(X, y, mask, W1, b1, W2, b2):
    h = np.maximum(0, X @ W1 + b1) * mask / KEEP
    scores = h @ W2 + b2
    logZ = np.log(np.sum(np.exp(scores), axis=1))
    return np.mean(logZ - scores[np.arange(len(y)), y])


def right(X, y, mask, W1, b1, W2, b2):
    n = X.shape[0]
    gW1, gb1, gW2, gb2 = 0 * W1, 0 * b1, 0 * W2, 0 * b2
    for x, label, m in zip(X, y, mask):
        z = b1 + x @ W1
        hidden = [max(0.0, u) * k / KEEP for u, k in zip(z, m)]
        s = np.exp(hidden @ W2 + b2)
        err = s / np.sum(s)
        err[label] -= 1
        gb2 += err / n
        gW2 += np.outer(hidden, err) / n
        for j in range(5):
            back = W2[j] @ err
            back = back * m[j] / KEEP
            if z[j] > 0:
                gb1[j] += back / n
                gW1[:, j] += back * x / n
    return gW1, gb1, gW2, gb2


def dropout_forward(x, mask):
    return x * mask / KEEP, (mask, KEEP)


def dropout_backward(dout, cache):
    mask, keep = cache
    dx = dout / keep
    return dx


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, np.sum(dout, axis=0)


def softmax_loss(scores, y):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    dscores = p.copy()
    dscores[np.arange(len(y)), y] -= 1
    return dscores / len(y)


def backprop(X, y, mask, W1, b1, W2, b2):
    a = X @ W1 + b1
    r = np.maximum(a, 0)
    d, drop_cache = dropout_forward(r, mask)
    dscores = softmax_loss(d @ W2 + b2, y)
    dd, dW2, db2 = affine_backward(dscores, (d, W2))
    dr = dropout_backward(dd, drop_cache)
    da = dr * (a > 0)
    _, dW1, db1 = affine_backward(da, (X, W1))
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

"""Log-softmax and cross-entropy with smoothed labels.

expected kind: another-loss or scale
wrong line: 39
correction 39: q = np.full((n, C), EPS / C)
what: the other classes get (1 - eps)/C each instead of eps/C
source: https://github.com/paiml/aprender/pull/2199
said: Under label smoothing each class off the target got (1 - eps)/C of the mass instead of eps/C.
"""
import numpy as np

EPS, C = 0.1, 5


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def loss(X, y, W, b):
    logp = log_softmax(X @ W + b)
    hard = -logp[np.arange(len(y)), y]
    soft = -logp.mean(axis=1)
    return np.mean((1 - EPS) * hard + EPS * soft)


def right(X, y, W, b):
    n = X.shape[0]
    p = np.exp(log_softmax(X @ W + b))
    q = np.full((n, C), EPS / C)
    q[np.arange(n), y] += 1 - EPS
    dz = (p - q) / n
    return X.T @ dz, dz.sum(axis=0)


def backprop(X, y, W, b):
    n = X.shape[0]
    p = np.exp(log_softmax(X @ W + b))
    q = np.full((n, C), (1 - EPS) / C)
    q[np.arange(n), y] += 1 - EPS
    dz = (p - q) / n
    return X.T @ dz, dz.sum(axis=0)


PARAMETERS = ["W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 4)), r.integers(C, size=6), r.normal(size=(4, C)), r.normal(size=C)]

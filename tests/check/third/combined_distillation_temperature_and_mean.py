"""Combined distillation temperature and mean.

expected kind: missing-factor or scale + sum-for-mean
wrong line: 49 or 50 and 53
correction 49: soft_error = (softmax(logits, T) - softmax(teacher, T)) / T
correction 50: grad_soft = soft_error / (T * n)
correction 53: grad_hard = hard_error / n
what: The soft scores aren't divided by the temperature on the way back, and the hard part isn't divided by the
    rows
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W"]
T, MIX = 3.0, 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(6, 3)), r.normal(size=(6, 4)), r.integers(0, 4, 6)


def loss(W, X, teacher, y):
    z = X @ W
    q = np.exp(teacher / T) / np.exp(teacher / T).sum(axis=1, keepdims=True)
    soft = np.log(np.sum(np.exp(z / T), axis=1)) - np.sum(q * z, axis=1) / T
    hard = np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(6), y]
    return MIX * np.mean(soft) + (1 - MIX) * np.mean(hard)


def right(W, X, teacher, y):
    def s(v):
        return np.exp(v) / np.exp(v).sum(1, keepdims=True)

    d = MIX / T * (s(X @ W / T) - s(teacher / T)) + (1 - MIX) * (s(X @ W) - np.eye(4)[y])
    return X.T @ d / len(y)


def softmax(z, temperature=1.0):
    e = np.exp((z - z.max(axis=1, keepdims=True)) / temperature)
    return e / e.sum(axis=1, keepdims=True)


def backprop(W, X, teacher, y):
    n = len(X)
    logits = X.dot(W)
    soft_error = softmax(logits, T) - softmax(teacher, T)
    grad_soft = soft_error / n
    hard_error = softmax(logits)
    hard_error[np.arange(n), y] -= 1
    grad_hard = hard_error
    grad_logits = MIX * grad_soft + (1 - MIX) * grad_hard
    return X.T.dot(grad_logits)

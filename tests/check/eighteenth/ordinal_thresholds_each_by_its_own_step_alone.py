"""Ordinal thresholds each by its own step alone.

expected kind: missing-sum or missing-term or detached
wrong line: 77 or 78 or 79
correction 77: dtheta = np.cumsum(dlogit.sum(axis=0)[::-1])[::-1]
correction 78: dsteps = np.cumsum(dtheta[::-1])[::-1]
correction 79: da = np.cumsum(dsteps[::-1])[::-1].copy()
what: A step moves all thresholds behind it, and has the gradient of the first of them alone
source: https://github.com/CecileProust-Lima/lcmm/issues/13
said: what is estimated are increments, and was read as the thresholds themselves
"""

import numpy as np

PARAMETERS = ["w", "a"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), 0.5 * r.normal(size=3), r.normal(size=(7, 3)), np.array([0, 3, 1, 2, 2, 0, 3])


def loss(w, a, X, y):
    n = len(y)
    steps = np.concatenate([a[:1], np.exp(a[1:])])
    theta = np.cumsum(steps)
    cumulative = 1 / (1 + np.exp(-(theta - (X @ w)[:, None])))
    cumulative = np.concatenate([np.zeros((n, 1)), cumulative, np.ones((n, 1))], axis=1)
    return -np.mean(np.log(cumulative[np.arange(n), y + 1] - cumulative[np.arange(n), y]))


def thresholds(a):
    theta = [a[0]]
    for k in range(1, len(a)):
        theta.append(theta[-1] + np.exp(a[k]))
    return theta


def cdf(v):
    return 1 / (1 + np.exp(-v))


def right(w, a, X, y):
    theta = thresholds(a)
    K, n = len(theta), len(y)
    grad_w, grad_theta = np.zeros(len(w)), np.zeros(K)
    for x, k in zip(X, y):
        score = x.dot(w)
        upper = cdf(theta[k] - score) if k < K else 1.0
        lower = cdf(theta[k - 1] - score) if k > 0 else 0.0
        d_upper, d_lower = upper * (1 - upper), lower * (1 - lower)
        p = upper - lower
        grad_w += x * (d_upper - d_lower) / p / n
        if k < K:
            grad_theta[k] -= d_upper / p / n
        if k > 0:
            grad_theta[k - 1] += d_lower / p / n
    grad_a = np.zeros(K)
    running = 0.0
    for k in range(K - 1, -1, -1):
        running += grad_theta[k]
        grad_a[k] = running * np.exp(a[k]) if k > 0 else running
    return grad_w, grad_a


def backprop(w, a, X, y):
    n, K = len(y), len(a)
    steps = np.where(np.arange(K) > 0, np.exp(a), a)
    theta = np.cumsum(steps)
    S = 1 / (1 + np.exp(X.dot(w)[:, None] - theta[None, :]))
    padded = np.hstack([np.zeros((n, 1)), S, np.ones((n, 1))])
    likelihood = padded[np.arange(n), y + 1] - padded[np.arange(n), y]
    dpadded = np.zeros_like(padded)
    dpadded[np.arange(n), y + 1] = -1 / (n * likelihood)
    dpadded[np.arange(n), y] = 1 / (n * likelihood)
    dlogit = dpadded[:, 1:-1] * S * (1 - S)
    dtheta = dlogit.sum(axis=0)
    dsteps = dtheta
    da = dsteps.copy()
    da[1:] *= steps[1:]
    return -X.T.dot(dlogit.sum(axis=1)), da

"""Crf transitions counted to and fro.

expected kind: transpose
wrong line: 68
correction 68: expected[i, j] += p
what: The expected transitions of a chain CRF are stored from the second tag to the first
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "T"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(3, 3)), r.integers(0, 3, 4)


def loss(U, T, tags):
    score = U[0, tags[0]]
    for t in range(1, len(tags)):
        score = score + T[tags[t - 1], tags[t]] + U[t, tags[t]]
    alpha = U[0]
    for t in range(1, len(tags)):
        alpha = np.log(np.sum(np.exp(alpha[:, None] + T), axis=0)) + U[t]
    return np.log(np.sum(np.exp(alpha))) - score


def right(U, T, tags):
    n, k = U.shape
    f, b = np.zeros((n, k)), np.ones((n, k))
    f[0] = np.exp(U[0])
    for t in range(1, n):
        f[t] = f[t - 1] @ np.exp(T) * np.exp(U[t])
    for t in range(n - 2, -1, -1):
        b[t] = np.exp(T) @ (np.exp(U[t + 1]) * b[t + 1])
    Z = f[-1].sum()
    gU = f * b / Z - np.eye(k)[tags]
    gT = sum(f[t][:, None] * np.exp(T) * np.exp(U[t + 1]) * b[t + 1] / Z for t in range(n - 1))
    for p, q in zip(tags[:-1], tags[1:]):
        gT[p, q] -= 1
    return gU, gT


def logsumexp(x, axis=None):
    return np.log(np.sum(np.exp(x), axis=axis))


def backprop(U, T, tags):
    n, k = U.shape
    alpha, beta = np.zeros((n, k)), np.zeros((n, k))
    alpha[0] = U[0]
    for t in range(1, n):
        for j in range(k):
            alpha[t, j] = logsumexp(alpha[t - 1] + T[:, j]) + U[t, j]
    for t in range(n - 2, -1, -1):
        for i in range(k):
            beta[t, i] = logsumexp(T[i] + U[t + 1] + beta[t + 1])
    logZ = logsumexp(alpha[-1])
    dU = np.exp(alpha + beta - logZ)
    expected = np.zeros((k, k))
    for t in range(n - 1):
        for i in range(k):
            for j in range(k):
                p = np.exp(alpha[t, i] + T[i, j] + U[t + 1, j] + beta[t + 1, j] - logZ)
                expected[j, i] += p
    dT = expected
    dU[np.arange(n), tags] -= 1
    for t in range(n - 1):
        dT[tags[t], tags[t + 1]] -= 1
    return dU, dT

"""The path through the mean isn't divided by the batch.

expected kind: sum-for-mean
wrong line: 68
correction 68: g += np.sum(norm * -stdInv, axis=0) / N
what: the gradient through the mean lacks 1/N
source: https://github.com/mlpack/mlpack/pull/1327
said: As the step's formula was first corrected, the sum that stands for the mean isn't divided by the number
    of columns; pull request 2474 divides it.
"""

import numpy as np

PARAMETERS = ["W1", "gamma", "beta", "W2"]
EPS = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.normal(size=(6, 3)), r.normal(size=(6, 2)),
        r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(4, 2)),
    ]


def loss(x, t, W1, gamma, beta, W2):
    a = x @ W1
    mu = np.mean(a, axis=0)
    var = np.mean((a - mu) ** 2, axis=0)
    out = gamma * (a - mu) / np.sqrt(var + EPS) + beta
    return np.sum((np.tanh(out) @ W2 - t) ** 2)


def right(x, t, W1, gamma, beta, W2):
    # step by step, as a framework does it; the mean has no path through the variance, since sum(a - mu) = 0
    m = len(x)
    a = x @ W1
    mean, variance = a.mean(0), a.var(0)
    x_hat = (a - mean) / np.sqrt(variance + EPS)
    h = np.tanh(gamma * x_hat + beta)
    r = 2 * (h @ W2 - t)
    delta = r @ W2.T * (1 - h**2)
    d_hat = delta * gamma
    variance_delta = (d_hat * (a - mean)).sum(0) * -0.5 * (variance + EPS) ** -1.5
    mean_delta = (d_hat * -1 / np.sqrt(variance + EPS)).sum(0)
    da = d_hat / np.sqrt(variance + EPS) + variance_delta * 2 * (a - mean) / m + mean_delta / m
    return x.T @ da, (delta * x_hat).sum(0), delta.sum(0), h.T @ r


def backprop(x, t, W1, gamma, beta, W2):
    N = x.shape[0]
    inp = x @ W1
    mean = inp.sum(axis=0) / N
    inputMean = inp - mean
    variance = (inputMean ** 2).sum(axis=0) / N
    stdInv = 1.0 / np.sqrt(variance + EPS)
    normalized = inputMean * stdInv
    act = np.tanh(normalized * gamma + beta)
    gy_out = 2 * (np.dot(act, W2) - t)
    gy = np.dot(gy_out, W2.T) * (1 - act ** 2)
    # Step 1: dl / dxhat.
    norm = gy * gamma
    # Step 2: sum dl / dxhat * (x - mu) * -0.5 * stdInv^3.
    var = np.sum(norm * inputMean, axis=0) * stdInv ** 3 * -0.5
    # Step 3: dl / dxhat * stdInv + var * 2 * (x - mu) / m.
    g = norm * stdInv + inputMean * var * 2 / N
    # Step 4: the mean.
    g += np.sum(norm * -stdInv, axis=0)
    return {
        "W1": np.dot(x.T, g),
        "gamma": np.sum(gy * normalized, axis=0),
        "beta": np.sum(gy, axis=0),
        "W2": np.dot(act.T, gy_out),
    }

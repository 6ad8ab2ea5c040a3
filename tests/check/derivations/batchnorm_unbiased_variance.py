"""The derivation's variance divides by N - 1, the loss's by N.

expected kind: another-loss
wrong line: 52 or 54
correction 52: ddof = 0
correction 54: n = bnraw.shape[0]
what: the right gradient of the loss with the unbiased variance
source: https://github.com/leonardoaraujosantos/DLMatFramework/issues/6
said: A hint for who ports batch norm between languages: NumPy's std doesn't work exactly like Matlab's, which
    divides by N - 1.
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
    ddof = 1
    bnraw = x @ W1
    n = bnraw.shape[0] - ddof
    bnmeani = bnraw.mean(axis=0, keepdims=True)
    bndiff = bnraw - bnmeani
    bnvar = (bndiff**2).sum(axis=0, keepdims=True) / n
    bnvar_inv = (bnvar + EPS) ** -0.5
    hpreact = gamma * (bndiff * bnvar_inv) + beta
    h = np.tanh(hpreact)
    dlogits = 2 * (h @ W2 - t)

    dW2 = h.T @ dlogits
    dhpreact = (1.0 - h**2) * (dlogits @ W2.T)
    dgamma = (bndiff * bnvar_inv * dhpreact).sum(axis=0)
    dbeta = dhpreact.sum(axis=0)
    dbndiff = gamma * bnvar_inv * dhpreact
    dbnvar_inv = (gamma * bndiff * dhpreact).sum(axis=0, keepdims=True)
    dbnvar = -0.5 * (bnvar + EPS) ** -1.5 * dbnvar_inv
    dbndiff += 2 * bndiff / n * dbnvar
    dbnraw = dbndiff - dbndiff.mean(axis=0, keepdims=True)
    return x.T @ dbnraw, dgamma, dbeta, dW2

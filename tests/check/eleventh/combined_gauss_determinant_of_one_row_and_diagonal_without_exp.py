"""Combined gauss determinant of one row and diagonal without exp.

expected kind: missing-factor or mean-for-sum or scale + missing-factor
wrong line: 71 and 75 or 76
correction 71: dL += n * np.diag(1 / np.diag(L))
correction 75: d_log = np.diag(dL) * np.diag(L)
correction 76: dA += np.diag(d_log * np.diag(L))
what: The determinant counts once, not for every row; behind it the derivative of the diagonal's exponential is left out
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["mu", "A"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), 0.6 * r.normal(size=(3, 3)), r.normal(size=(5, 3))


def factor(A):
    return np.tril(A, -1) + np.diag(np.exp(np.diag(A)))


def loss(mu, A, X):
    w = np.linalg.solve(factor(A), (X - mu).T)
    return 0.5 * np.sum(w**2) + len(X) * np.trace(A)


def cholesky_solve(L, b):
    y = np.linalg.solve(L, b)
    return y, np.linalg.solve(L.T, y)


def right(mu, A, X):
    k = len(mu)
    L = np.zeros((k, k))
    for i in range(k):
        for j in range(i):
            L[i, j] = A[i, j]
        L[i, i] = np.exp(A[i, i])

    d_mu, d_A = np.zeros(k), np.zeros((k, k))
    for x in X:
        white, precise = cholesky_solve(L, x - mu)
        d_mu -= precise
        d_L = -np.outer(precise, white)
        for i in range(k):
            for j in range(i):
                d_A[i, j] += d_L[i, j]
            d_A[i, i] += 1 + d_L[i, i] * L[i, i]
    return d_mu, d_A


def gaussian_forward(params, X):
    L = factor(params["A"])
    centred = X - params["mu"]
    w = np.linalg.solve(L, centred.T)
    log_det = np.sum(np.log(np.diag(L)))
    nll = 0.5 * np.sum(w * w) + X.shape[0] * log_det
    return nll, (L, w, X.shape[0])


def gaussian_backward(cache):
    L, w, n = cache
    dw = w
    dcentred = np.linalg.solve(L.T, dw)
    dL = -np.dot(dcentred, w.T)
    dL += np.diag(1 / np.diag(L))
    grads = {"mu": -dcentred.sum(axis=1)}
    # from the factor to what is learnt
    dA = np.tril(dL, -1)
    d_log = np.diag(dL)
    dA += np.diag(d_log)
    grads["A"] = dA
    return grads


def backprop(mu, A, X):
    _, cache = gaussian_forward({"mu": mu, "A": A}, X)
    return gaussian_backward(cache)

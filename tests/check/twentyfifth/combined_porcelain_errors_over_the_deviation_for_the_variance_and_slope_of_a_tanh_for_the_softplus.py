"""Combined porcelain errors over the deviation for the variance and slope of a tanh for the softplus.

expected kind: wrong-activation + missing-factor
wrong line: 62 and 77
correction 62: return 1 / (1 + np.exp(-x))
correction 77: dglaze = off / deviation**2 / n
what: The error of the decoder is divided by its deviation once; the softplus that makes sigma gets the slope of a tanh
source: https://github.com/orybkin/sigma-vae-pytorch/issues/1
said: of the decoder's learned sigma: deviation and variance are confused, as the mean squared error is the square of sigma; the softplus is the author's
"""

import numpy as np

PARAMETERS = ["A", "M", "R", "B", "logs"]


def data(seed=0):
    r = np.random.default_rng(seed)
    A, M, R = r.normal(size=(4, 5)), 0.6 * r.normal(size=(5, 2)), 0.6 * r.normal(size=(5, 2))
    return A, M, R, r.normal(size=(2, 4)), 0.4 * r.normal(size=4) - 0.5, r.normal(size=(6, 4)), r.normal(size=(6, 2))


def loss(A, M, R, B, logs, cups, draws):
    h = np.maximum(cups @ A, 0)
    mu, sigma = h @ M, np.log(1 + np.exp(h @ R))
    glaze = (mu + sigma * draws) @ B
    seen = 0.5 * np.sum(((cups - glaze) * np.exp(-logs)) ** 2) + len(cups) * np.sum(logs)
    divergence = np.sum(0.5 * (mu**2 + sigma**2 - 1) - np.log(sigma))
    return (seen + divergence) / len(cups)


def right(A, M, R, B, logs, cups, draws):
    relu = lambda a: a * (a > 0)
    share = 1 / cups.shape[0]
    # forward
    pre = np.einsum("ni,ij->nj", cups, A)
    h = relu(pre)
    mu, rho = np.einsum("nj,jk->nk", h, M), np.einsum("nj,jk->nk", h, R)
    sigma = np.log1p(np.exp(rho))
    z = mu + draws * sigma
    resid = (z @ B - cups) * np.exp(-logs)
    # backward
    dlogs = share * np.sum(1 - resid**2, axis=0)
    dglaze = share * resid * np.exp(-logs)
    dB = np.einsum("nk,ni->ki", z, dglaze)
    dz = np.einsum("ni,ki->nk", dglaze, B)
    dmu = dz + share * mu
    dsigma = dz * draws + share * (sigma - sigma**-1)
    drho = dsigma / (1 + np.exp(-rho))
    dM = np.einsum("nj,nk->jk", h, dmu)
    dR = np.einsum("nj,nk->jk", h, drho)
    dh = np.einsum("nk,jk->nj", dmu, M) + np.einsum("nk,jk->nj", drho, R)
    dA = np.einsum("ni,nj->ij", cups, dh * (pre > 0))
    return dict(A=dA, M=dM, R=dR, B=dB, logs=dlogs)


def softplus(x):
    return np.log(1 + np.exp(x))


def softplus_slope(x):
    return 1 - np.tanh(x) ** 2


def backprop(A, M, R, B, logs, cups, draws):
    dA, dM, dR = np.zeros(A.shape), np.zeros(M.shape), np.zeros(R.shape)
    dB, dlogs = np.zeros(B.shape), np.zeros(logs.shape)
    n, deviation = len(cups), np.exp(logs)
    for x, eps in zip(cups, draws):
        a = A.T @ x
        h = np.where(a > 0, a, 0)
        mu, rho = M.T @ h, R.T @ h
        sigma = softplus(rho)
        z = mu + sigma * eps
        off = B.T @ z - x
        # the decoder and its own deviation
        dglaze = off / deviation / n
        dlogs += (1 - (off / deviation) ** 2) / n
        dB += np.outer(z, dglaze)
        dz = B @ dglaze
        # the encoder
        dmu = dz + mu / n
        dsigma = dz * eps + (sigma - 1 / sigma) / n
        drho = dsigma * softplus_slope(rho)
        dM += np.outer(h, dmu)
        dR += np.outer(h, drho)
        dA += np.outer(x, (M @ dmu + R @ drho) * (a > 0))
    return dA, dM, dR, dB, dlogs

"""Vae two gradients exchanged.

expected kind: wrong-parameter
wrong line: 112
correction 112: return encoder.dW1, encoder.dWm, encoder.dWs, dV1, dV2, ds
what: The gradients of mean and deviation are handed over in the other order
source: https://github.com/RuiShu/cvae/issues/1
said: should the gradients not be returned in the order of the inputs?
"""

import numpy as np

PARAMETERS = ["W1", "Wm", "Ws", "V1", "V2", "s"]
KL_WEIGHT = 1.5


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 3), (2, 4), (2, 4), (4, 2), (3, 4), (3,), (5, 3), (5, 2)]
    return tuple(0.8 * r.normal(size=s) for s in shapes)


def loss(W1, Wm, Ws, V1, V2, s, X, noise):
    h = np.maximum(0, X @ W1.T)
    mu, log_sigma = h @ Wm.T, h @ Ws.T
    z = mu + np.exp(log_sigma) * noise
    recon = np.tanh(z @ V1.T) @ V2.T
    nll = np.sum(s + 0.5 * (X - recon) ** 2 * np.exp(-2 * s))
    kl = 0.5 * np.sum(mu**2 + np.exp(2 * log_sigma) - 1 - 2 * log_sigma)
    return nll + KL_WEIGHT * kl


def gaussian_nll_backward(x, mean, s):
    precision = np.exp(-2 * s)
    dmean = (mean - x) * precision
    ds = np.sum(1 - (x - mean) ** 2 * precision, axis=0)
    return dmean, ds


def kl_backward(mu, log_sigma):
    return mu, np.exp(2 * log_sigma) - 1


def right(W1, Wm, Ws, V1, V2, s, X, noise):
    a = np.einsum("nd,hd->nh", X, W1)
    h = np.where(a > 0, a, 0)
    mu = np.einsum("nh,kh->nk", h, Wm)
    log_sigma = np.einsum("nh,kh->nk", h, Ws)
    sigma = np.exp(log_sigma)
    z = mu + sigma * noise
    t = np.tanh(np.einsum("nk,hk->nh", z, V1))
    recon = np.einsum("nh,dh->nd", t, V2)
    drecon, ds = gaussian_nll_backward(X, recon, s)
    dV2 = np.einsum("nd,nh->dh", drecon, t)
    dt = np.einsum("nd,dh->nh", drecon, V2)
    du = dt * (1 - t**2)
    dV1 = np.einsum("nh,nk->hk", du, z)
    dz = np.einsum("nh,hk->nk", du, V1)
    kl_mu, kl_log_sigma = kl_backward(mu, log_sigma)
    dmu = dz + KL_WEIGHT * kl_mu
    dlog_sigma = dz * noise * sigma + KL_WEIGHT * kl_log_sigma
    dWm = np.einsum("nk,nh->kh", dmu, h)
    dWs = np.einsum("nk,nh->kh", dlog_sigma, h)
    dh = np.einsum("nk,kh->nh", dmu, Wm) + np.einsum("nk,kh->nh", dlog_sigma, Ws)
    da = np.where(a > 0, dh, 0)
    dW1 = np.einsum("nh,nd->hd", da, X)
    return dW1, dWm, dWs, dV1, dV2, ds


class Encoder:
    def __init__(self, W1, Wm, Ws):
        self.W1, self.Wm, self.Ws = W1, Wm, Ws
        self.dW1, self.dWm, self.dWs = np.zeros_like(W1), np.zeros_like(Wm), np.zeros_like(Ws)

    def forward(self, x, noise):
        self.x, self.noise = x, noise
        self.h = np.maximum(0, self.W1 @ x)
        self.mu, self.log_sigma = self.Wm @ self.h, self.Ws @ self.h
        return self.mu + np.exp(self.log_sigma) * noise

    def backward(self, dz):
        sigma = np.exp(self.log_sigma)
        dmu = dz.copy()
        dmu += KL_WEIGHT * self.mu
        dsigma = dz * self.noise
        dsigma += KL_WEIGHT * (sigma - 1 / sigma)
        dlog_sigma = dsigma * sigma
        self.dWm += np.outer(dmu, self.h)
        self.dWs += np.outer(dlog_sigma, self.h)
        dh = self.Wm.T @ dmu
        dh += self.Ws.T @ dlog_sigma
        dh[self.h <= 0] = 0
        self.dW1 += np.outer(dh, self.x)


def backprop(W1, Wm, Ws, V1, V2, s, X, noise):
    encoder = Encoder(W1, Wm, Ws)
    dV1, dV2, ds = np.zeros_like(V1), np.zeros_like(V2), np.zeros_like(s)
    variance = np.exp(2 * s)
    for x, e in zip(X, noise):
        z = encoder.forward(x, e)
        t = np.tanh(V1 @ z)
        error = V2 @ t - x
        ds += 1
        ds -= error**2 / variance
        dmean = error / variance
        dV2 += np.outer(dmean, t)
        dt = V2.T @ dmean
        dpre = dt * (1 - t * t)
        dV1 += np.outer(dpre, z)
        encoder.backward(V1.T @ dpre)
    return encoder.dW1, encoder.dWs, encoder.dWm, dV1, dV2, ds

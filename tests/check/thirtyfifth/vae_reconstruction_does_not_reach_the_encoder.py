"""A variational autoencoder: from the latent variable into the encoder

expected kind: missing-term or detached
wrong line: 49
correction 49: dmu, dlogvar = dz + mu / len(x), dz * eps * 0.5 * np.exp(0.5 * logvar) + 0.5 * (np.exp(logvar) - 1) / len(x)
what: the gradient that the decoder hands to the latent variable is dropped; the heads of the encoder get that of the KL divergence
    alone
source: https://github.com/ooples/AiDotNet/pull/829
said: a review: the gradient of the reconstruction by z is thrown away, so that the encoder gets the gradient of the KL divergence
    only
"""
import numpy as np

PARAMETERS = ["We", "Wm", "Wv", "Wd", "bd"]


def forward(x, eps, We, Wm, Wv, Wd, bd):
    hidden = np.tanh(x @ We)
    mu, logvar = hidden @ Wm, hidden @ Wv
    z = mu + np.exp(0.5 * logvar) * eps
    return hidden, mu, logvar, z, 1 / (1 + np.exp(-(z @ Wd + bd)))


def loss(x, eps, We, Wm, Wv, Wd, bd):
    hidden, mu, logvar, z, out = forward(x, eps, We, Wm, Wv, Wd, bd)
    bce = -np.sum(x * np.log(out) + (1 - x) * np.log(1 - out))
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
    return (bce + kl) / len(x)


def backward_decoder(x, z, out, Wd):
    d_pre = (out - x) / len(x)
    return z.T @ d_pre, d_pre.sum(axis=0), d_pre @ Wd.T


def right(x, eps, We, Wm, Wv, Wd, bd):
    hidden, mu, logvar, z, out = forward(x, eps, We, Wm, Wv, Wd, bd)
    dWd, dbd, dz = backward_decoder(x, z, out, Wd)
    dmu, dlogvar = dz + mu / len(x), dz * eps * 0.5 * np.exp(0.5 * logvar) + 0.5 * (np.exp(logvar) - 1) / len(x)
    dWm, dWv = hidden.T @ dmu, hidden.T @ dlogvar
    d_hidden = dmu @ Wm.T + dlogvar @ Wv.T
    dWe = x.T @ (d_hidden * (1 - hidden ** 2))
    return dWe, dWm, dWv, dWd, dbd


def backprop(x, eps, We, Wm, Wv, Wd, bd):
    hidden, mu, logvar, z, out = forward(x, eps, We, Wm, Wv, Wd, bd)
    dWd, dbd, dz = backward_decoder(x, z, out, Wd)
    dmu, dlogvar = mu / len(x), 0.5 * (np.exp(logvar) - 1) / len(x)
    dWm, dWv = hidden.T @ dmu, hidden.T @ dlogvar
    d_hidden = dmu @ Wm.T + dlogvar @ Wv.T
    dWe = x.T @ (d_hidden * (1 - hidden ** 2))
    return dWe, dWm, dWv, dWd, dbd


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.random((6, 5)) > 0.5) * 1.0, rng.normal(size=(6, 2)), rng.normal(size=(5, 4)), rng.normal(size=(4, 2)),
            rng.normal(size=(4, 2)) * 0.3, rng.normal(size=(2, 5)) * 0.7, rng.normal(size=5) * 0.5]

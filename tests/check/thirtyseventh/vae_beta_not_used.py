"""vae beta not used.

expected kind: missing-factor or scale or another-loss
wrong line: 47
correction 47: dkl_mu, dkl_lv = beta * mu / n, beta * 0.5 * (np.exp(logvar) - 1) / n
what: the divergence isn't weighted with beta in the gradient
source: https://github.com/AlexanderVNikitin/tsgm/issues/69
said: in the training step of a beta VAE the divergence is added without beta
"""
import numpy as np

beta = 4.0

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def loss(X, eps, Wm, Wl, Wd):
    mu, logvar = X @ Wm, X @ Wl
    Y = sigmoid((mu + np.exp(0.5 * logvar) * eps) @ Wd)
    recon = -np.sum(X * np.log(Y) + (1 - X) * np.log(1 - Y))
    kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
    return (recon + beta * kl) / len(X)

def right(X, eps, Wm, Wl, Wd):
    n = len(X)
    mu, logvar = X @ Wm, X @ Wl
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    Y = sigmoid(z @ Wd)
    da = (Y - X) / n
    dWd = z.T @ da
    dz = da @ Wd.T
    dkl_mu, dkl_lv = beta * mu / n, beta * 0.5 * (np.exp(logvar) - 1) / n
    dmu = dz + dkl_mu
    dlogvar = dz * eps * 0.5 * std + dkl_lv
    return X.T @ dmu, X.T @ dlogvar, dWd

def backprop(X, eps, Wm, Wl, Wd):
    n = len(X)
    mu, logvar = X @ Wm, X @ Wl
    std = np.exp(0.5 * logvar)
    z = mu + std * eps
    Y = sigmoid(z @ Wd)
    da = (Y - X) / n
    dWd = z.T @ da
    dz = da @ Wd.T
    dkl_mu, dkl_lv = mu / n, 0.5 * (np.exp(logvar) - 1) / n
    dmu = dz + dkl_mu
    dlogvar = dz * eps * 0.5 * std + dkl_lv
    return X.T @ dmu, X.T @ dlogvar, dWd

PARAMETERS = ['Wm', 'Wl', 'Wd']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(size=(5, 6)), rng.normal(size=(5, 2)), *(0.6 * rng.normal(size=s) for s in [(6, 2), (6, 2), (2, 6)])

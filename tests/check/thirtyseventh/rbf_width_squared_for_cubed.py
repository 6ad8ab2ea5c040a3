"""rbf width squared for cubed.

expected kind: missing-factor or wrong-point
wrong line: 37
correction 37: dsigma[j] = np.sum(dphi[:, j] * phi[:, j] * sq[:, j] / sigma[j] ** 3)
what: the derivative of the basis function by its width is divided by the square of the width, not by its cube
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def loss(X, y, centres, sigma, w, b):
    sq = ((X[:, None, :] - centres) ** 2).sum(axis=2)
    return np.mean((np.exp(-sq / (2 * sigma ** 2)) @ w + b - y) ** 2)

def right(X, y, centres, sigma, w, b):
    sq = ((X[:, None, :] - centres) ** 2).sum(axis=2)
    phi = np.exp(-sq / (2 * sigma ** 2))
    err = 2 * (phi @ w + b - y) / len(y)
    dw, db = phi.T @ err, np.array([err.sum()])
    dphi = np.outer(err, w)
    dcentres, dsigma = np.zeros_like(centres), np.zeros_like(sigma)
    for j in range(len(centres)):
        dcentres[j] = (dphi[:, j] * phi[:, j]) @ (X - centres[j]) / sigma[j] ** 2
        dsigma[j] = np.sum(dphi[:, j] * phi[:, j] * sq[:, j] / sigma[j] ** 3)
    return dcentres, dsigma, dw, db

def backprop(X, y, centres, sigma, w, b):
    sq = ((X[:, None, :] - centres) ** 2).sum(axis=2)
    phi = np.exp(-sq / (2 * sigma ** 2))
    err = 2 * (phi @ w + b - y) / len(y)
    dw, db = phi.T @ err, np.array([err.sum()])
    dphi = np.outer(err, w)
    dcentres, dsigma = np.zeros_like(centres), np.zeros_like(sigma)
    for j in range(len(centres)):
        dcentres[j] = (dphi[:, j] * phi[:, j]) @ (X - centres[j]) / sigma[j] ** 2
        dsigma[j] = np.sum(dphi[:, j] * phi[:, j] * sq[:, j] / sigma[j] ** 2)
    return dcentres, dsigma, dw, db

PARAMETERS = ['centres', 'sigma', 'w', 'b']

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(8, 2)), rng.normal(size=8), rng.normal(size=(4, 2)), rng.uniform(0.6, 2.5, size=4), rng.normal(size=4), rng.normal(size=1)

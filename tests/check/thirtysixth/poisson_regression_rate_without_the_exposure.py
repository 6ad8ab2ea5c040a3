"""Poisson regression with an offset.

expected kind: missing-factor or missing-term or wrong-point
wrong line: 27 or 28
correction 27: rate = np.exp(eta)
correction 28: residual = exposure * rate - counts
what: the rate of the gradient leaves out the exposure
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def loss(coef, intercept, X, counts, exposure):
    eta = X @ coef + intercept + np.log(exposure)
    return np.sum(np.exp(eta) - counts * eta)


def right(coef, intercept, X, counts, exposure):
    eta = X @ coef + intercept + np.log(exposure)
    rate = np.exp(eta)
    residual = rate - counts
    return X.T @ residual, residual.sum()


def backprop(coef, intercept, X, counts, exposure):
    eta = X @ coef + intercept + np.log(exposure)
    rate = np.exp(X @ coef + intercept)
    residual = rate - counts
    return X.T @ residual, residual.sum()


PARAMETERS = ["coef", "intercept"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [0.5 * rng.normal(size=3), 0.3 * rng.normal(), rng.normal(size=(10, 3)), rng.poisson(2.0, size=10) * 1.0, rng.uniform(0.5, 2, size=10)]

"""poisson exposure ignored.

expected kind: missing-term or missing-factor or another-loss or wrong-point
wrong line: 24 or 25
correction 24: eta = X @ beta + np.log(exposure)
correction 25: mu = exposure * np.exp(eta)
what: the exposure is in the likelihood and is forgotten in the score
source: https://github.com/statsmodels/statsmodels/issues/1611
said: a count model took exposure and offset as arguments and ignored them in most of its code
"""
import numpy as np

def loss(X, y, exposure, beta):
    eta = X @ beta + np.log(exposure)
    return np.sum(np.exp(eta) - y * eta)

def right(X, y, exposure, beta):
    eta = X @ beta + np.log(exposure)
    mu = np.exp(eta)
    score = X.T @ (y - mu)
    return -score

def backprop(X, y, exposure, beta):
    eta = X @ beta
    mu = np.exp(eta)
    score = X.T @ (y - mu)
    return -score

PARAMETERS = ['beta']

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(8), rng.normal(size=(8, 2))])
    return X, rng.poisson(3, size=8), rng.uniform(0.3, 4, size=8), 0.5 * rng.normal(size=3)

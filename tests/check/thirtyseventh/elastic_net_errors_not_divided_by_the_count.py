"""elastic net errors not divided by the count.

expected kind: sum-for-mean
wrong line: 31 or 34
correction 31: fit = -X.T @ r / n
correction 34: return fit / n + lasso + ridge, np.array([-np.mean(r)])
what: the gradient of the squared errors isn't divided by the number of samples, so the penalties are too weak
source: https://github.com/paiml/aprender/pull/2133
said: the solvers left out the one over the number of samples of the loss, and regularised too little by about that number
"""
import numpy as np

alpha, l1_ratio = 0.3, 0.4

def loss(X, y, w, b):
    n = len(y)
    fit = np.sum((y - X @ w - b) ** 2) / (2 * n)
    return fit + alpha * (l1_ratio * np.sum(np.abs(w)) + 0.5 * (1 - l1_ratio) * np.sum(w ** 2))

def right(X, y, w, b):
    n = len(y)
    r = y - X @ w - b
    fit = -X.T @ r / n
    lasso = alpha * l1_ratio * np.sign(w)
    ridge = alpha * (1 - l1_ratio) * w
    return fit + lasso + ridge, np.array([-np.mean(r)])

def backprop(X, y, w, b):
    n = len(y)
    r = y - X @ w - b
    fit = -X.T @ r
    lasso = alpha * l1_ratio * np.sign(w)
    ridge = alpha * (1 - l1_ratio) * w
    return fit + lasso + ridge, np.array([-np.mean(r)])

PARAMETERS = ['w', 'b']

def data(seed=0):
    rng = np.random.default_rng(seed)
    w = rng.choice([-1, 1], size=4) * rng.uniform(0.2, 1.5, size=4)
    return rng.normal(size=(9, 4)), rng.normal(size=9), w, rng.normal(size=1)

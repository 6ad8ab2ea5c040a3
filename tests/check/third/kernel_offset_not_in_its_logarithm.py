"""Kernel offset not in its logarithm.

expected kind: missing-factor or scale or wrong-point
wrong line: 38
correction 38: gradient = np.full(K.shape, 2 * self.sigma_0**2)
what: The offset of a kernel is searched in its logarithm, and differentiated by the offset
source: https://github.com/scikit-learn/scikit-learn/issues/18702
said: why is it twice the square and not twice the offset; the gradient is by the logarithm
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return np.array([0.4, -0.5]), r.normal(size=(5, 2)), r.normal(size=5)


def loss(theta, X, y):
    K = X @ X.T + np.exp(2 * theta[0]) + (0.2 + np.exp(theta[1])) * np.eye(5)
    return 0.5 * np.sum(y * np.linalg.solve(K, y)) + 0.5 * np.linalg.slogdet(K)[1]


def right(theta, X, y):
    i = np.linalg.inv(X @ X.T + np.exp(2 * theta[0]) + (0.2 + np.exp(theta[1])) * np.eye(5))
    M = (i - np.outer(i @ y, i @ y)) / 2
    return np.array([2 * np.exp(2 * theta[0]) * M.sum(), np.exp(theta[1]) * np.trace(M)])


class DotProduct:
    def __init__(self, log_sigma_0):
        self.sigma_0 = np.exp(log_sigma_0)

    def __call__(self, X):
        K = np.inner(X, X) + self.sigma_0**2
        gradient = np.full(K.shape, 2 * self.sigma_0)
        return K, gradient


def backprop(theta, X, y):
    K, K_gradient = DotProduct(theta[0])(X)
    noise = np.exp(theta[1])
    K = K + (0.2 + noise) * np.eye(len(y))
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
    inner = np.outer(alpha, alpha) - np.linalg.inv(K)
    log_likelihood_gradient = [
        0.5 * np.einsum("ij,ij->", inner, K_gradient),
        0.5 * np.einsum("ii->", inner) * noise,
    ]
    return -np.array(log_likelihood_gradient)

"""Gauss length by itself not by its logarithm.

expected kind: missing-factor or repeated-factor
wrong line: 70
correction 70: K_gradient[:, :, 0] = rbf * dists / l**2
what: The kernel's derivative is that by the length, but the parameter is its logarithm
source: https://github.com/scikit-learn/scikit-learn/issues/31366
said: the gradient is still that by theta in the logarithmic space; the chain rule has to be applied between the two
"""

import numpy as np

PARAMETERS = ["theta", "mean"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.5 * r.normal(size=3), r.normal(size=1), r.normal(size=(6, 2)), r.normal(size=6)


def loss(theta, mean, X, y):
    length, signal, noise = np.exp(theta)
    squares = np.sum((X[:, None, :] - X[None, :, :]) ** 2, axis=2)
    K = signal**2 * np.exp(-0.5 * squares / length**2) + noise**2 * np.eye(len(X))
    residual = y - mean
    quadratic = residual @ np.linalg.solve(K, residual)
    return 0.5 * quadratic + 0.5 * np.linalg.slogdet(K)[1] + 0.5 * len(X) * np.log(2 * np.pi)


class GP:
    def __init__(self, theta, mean):
        self.log_l, self.log_s, self.log_n = theta
        self.mean = mean

    def fit(self, X, y):
        N = len(X)
        self.d2 = np.zeros((N, N))
        for i in range(N):
            for j in range(N):
                self.d2[i, j] = np.sum((X[i] - X[j]) ** 2)
        self.E = np.exp(2 * self.log_s - self.d2 / (2 * np.exp(2 * self.log_l)))
        self.K_inv = np.linalg.inv(self.E + np.exp(2 * self.log_n) * np.eye(N))
        self.alpha = self.K_inv.dot(y - self.mean)

    def update_dmll(self):
        """Return the gradient of the log likelihood."""
        dK = 0.5 * (np.outer(self.alpha, self.alpha) - self.K_inv)
        dlength = np.sum(dK * self.E * self.d2) / np.exp(2 * self.log_l)
        dsignal = 2 * np.sum(dK * self.E)
        dnoise = 2 * np.exp(2 * self.log_n) * np.trace(dK)
        dmean = np.sum(self.alpha)
        return np.array([dlength, dsignal, dnoise]), np.array([dmean])


def right(theta, mean, X, y):
    gp = GP(theta, mean)
    gp.fit(X, y)
    dtheta, dmean = gp.update_dmll()
    return {"theta": -dtheta, "mean": -dmean}


def kernel(theta, X, eval_gradient=False):
    l, s, n = np.exp(theta)
    dists = ((X[:, np.newaxis] - X[np.newaxis]) ** 2).sum(axis=-1)
    rbf = s**2 * np.exp(-0.5 * dists / l**2)
    K = rbf + n**2 * np.eye(X.shape[0])
    if not eval_gradient:
        return K
    K_gradient = np.empty((*K.shape, len(theta)))
    K_gradient[:, :, 0] = rbf * dists / l**3
    K_gradient[:, :, 1] = 2 * rbf
    K_gradient[:, :, 2] = 2 * n**2 * np.eye(X.shape[0])
    return K, K_gradient


def log_marginal_likelihood(theta, mean, X, y):
    K, K_gradient = kernel(theta, X, eval_gradient=True)
    L = np.linalg.cholesky(K)
    residual = (y - mean)[:, np.newaxis]
    alpha = np.linalg.solve(L.T, np.linalg.solve(L, residual))
    value = -0.5 * (residual.T @ alpha).item() - np.log(np.diag(L)).sum() - len(X) / 2 * np.log(2 * np.pi)
    inner = alpha @ alpha.T
    inner -= np.linalg.solve(L.T, np.linalg.solve(L, np.eye(len(X))))
    gradient = 0.5 * np.einsum("ij,jik->k", inner, K_gradient)
    return value, gradient, alpha.sum(axis=0)


def backprop(theta, mean, X, y):
    _, d_theta, d_mean = log_marginal_likelihood(theta, mean, X, y)
    return -d_theta, -d_mean

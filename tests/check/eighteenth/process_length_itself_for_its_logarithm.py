"""Process length itself for its logarithm.

expected kind: missing-factor or scale
wrong line: 75 or 76
correction 75: dlength += dE[i, j] * E[i, j] * (X[i] - X[j]) ** 2 / length**2
correction 76: grads = {"log_length": dlength * length}
what: The gradient is that of the lengths, where the parameters are their logarithms
source: https://github.com/scikit-optimize/scikit-optimize/issues/330
said: the derivative has to be by the logarithm of the length, not by the length
"""

import numpy as np

PARAMETERS = ["log_length", "log_scale", "log_noise"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.4 * r.normal(size=2), 0.3 * r.normal(size=1), 0.3 * r.normal(size=1) - 0.5, r.normal(size=(6, 2)), r.normal(size=6)


def loss(log_length, log_scale, log_noise, X, y):
    scaled = X / np.exp(log_length)
    distance = np.sum((scaled[:, None, :] - scaled[None, :, :]) ** 2, axis=2)
    K = np.exp(2 * log_scale) * np.exp(-0.5 * distance) + np.exp(2 * log_noise) * np.eye(len(y))
    return 0.5 * y @ np.linalg.solve(K, y) + 0.5 * np.log(np.linalg.det(K))


class RBF:
    def __init__(self, length, scale):
        self.length, self.scale = length, scale

    def __call__(self, X):
        self.sq = ((X[:, None, :] - X[None, :, :]) / self.length) ** 2
        self.K = self.scale**2 * np.exp(-0.5 * self.sq.sum(axis=2))
        return self.K

    def gradient(self):
        dlengths = [self.K * self.sq[:, :, d] for d in range(len(self.length))]
        return dlengths, 2 * self.K


def right(log_length, log_scale, log_noise, X, y):
    kernel = RBF(np.exp(log_length), np.exp(log_scale[0]))
    noise = np.exp(2 * log_noise[0])
    Kinv = np.linalg.inv(kernel(X) + noise * np.eye(len(y)))
    alpha = Kinv.dot(y)
    inner = np.outer(alpha, alpha) - Kinv
    dlengths, dscale = kernel.gradient()
    glength = np.array([-0.5 * np.trace(inner.dot(dK)) for dK in dlengths])
    gscale = np.array([-0.5 * np.sum(inner * dscale)])
    gnoise = np.array([-0.5 * 2 * noise * np.trace(inner)])
    return glength, gscale, gnoise


def backprop(log_length, log_scale, log_noise, X, y):
    n, d = X.shape
    length, variance, noise = np.exp(log_length), np.exp(2 * log_scale[0]), np.exp(2 * log_noise[0])
    E = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            E[i, j] = np.exp(-0.5 * np.sum(((X[i] - X[j]) / length) ** 2))
    K = variance * E + noise * np.eye(n)
    L = np.linalg.cholesky(K)
    Linv = np.linalg.solve(L, np.eye(n))
    Kinv = Linv.T @ Linv
    alpha = Kinv @ y
    dK = 0.5 * (Kinv - np.outer(alpha, alpha))
    dvariance = np.sum(dK * E)
    dnoise = np.sum(np.diag(dK))
    dE = dK * variance
    dlength = np.zeros(d)
    for i in range(n):
        for j in range(n):
            dlength += dE[i, j] * E[i, j] * (X[i] - X[j]) ** 2 / length**3
    grads = {"log_length": dlength}
    grads["log_scale"] = np.array([2 * variance * dvariance])
    grads["log_noise"] = np.array([2 * noise * dnoise])
    return grads

"""Length scale whose logarithm is the parameter.

expected kind: missing-factor
wrong line: 52
correction 52: K_length = K * self.sq / self.length**2
what: The kernel's derivative is taken with respect to the length, though its logarithm is what is fitted
source: https://github.com/scikit-learn/scikit-learn/issues/31366
said: one of the two is with respect to the logarithm of the kernel's parameter, the other with respect to the
    parameter; a factor of the chain rule is between them
"""

import numpy as np

PARAMETERS = ["log_length", "log_amplitude"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x = np.sort(r.uniform(0, 4, 7))
    return np.array(0.5 + 0.2 * r.normal()), np.array(0.3 * r.normal()), x, np.sin(2 * x) + 0.2 * r.normal(size=7)


def loss(log_length, log_amplitude, x, y):
    d2 = (x[:, None] - x[None, :]) ** 2
    K = np.exp(2 * log_amplitude) * np.exp(-0.5 * d2 / np.exp(log_length) ** 2) + 0.1 * np.eye(7)
    return 0.5 * y @ np.linalg.solve(K, y) + 0.5 * np.linalg.slogdet(K)[1]


def right(log_length, log_amplitude, x, y):
    d2 = np.subtract.outer(x, x) ** 2
    S = np.exp(2 * log_amplitude - 0.5 * d2 * np.exp(-2 * log_length))
    P = np.linalg.inv(S + 0.1 * np.eye(7))
    M = 0.5 * (P - np.outer(P @ y, P @ y))
    return np.sum(M * S * d2) * np.exp(-2 * log_length), 2 * np.sum(M * S)


class GP:
    def __init__(self, theta, noise=0.1):
        self.length, self.amplitude = np.exp(theta[0]), np.exp(theta[1])
        self.noise = noise

    def kernel(self, x):
        self.sq = (x.reshape(-1, 1) - x.reshape(1, -1)) ** 2
        self.k0 = np.exp(-self.sq / (2 * self.length**2))
        return self.amplitude**2 * self.k0

    def gradient(self, x, y):
        K = self.kernel(x)
        L = np.linalg.cholesky(K + self.noise * np.eye(len(x)))
        alpha = np.linalg.solve(L.T, np.linalg.solve(L, y))
        Kinv = np.linalg.solve(L.T, np.linalg.solve(L, np.eye(len(x))))
        K_length = K * self.sq / self.length**3
        K_amplitude = 2 * K
        inner = np.outer(alpha, alpha) - Kinv
        return [-0.5 * np.einsum("ij,ij->", inner, dK) for dK in (K_length, K_amplitude)]


def backprop(log_length, log_amplitude, x, y):
    g = GP((log_length, log_amplitude)).gradient(x, y)
    return g[0], g[1]

"""Negbin size only in the digammas and the logarithm.

expected kind: missing-term
wrong line: 66
correction 66: score = first_term - second_term + np.sum((mu - y) / (mu + r))
what: The derivative by the size is without the term that comes from the logarithm of size plus mean
source: https://github.com/jmschrei/pomegranate/issues/682
said: the gradient by the dispersion has three terms, two digammas and log(1 + mu / theta), and the search for its root fails
"""

import numpy as np

PARAMETERS = ["beta", "rho"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = np.column_stack([np.ones(8), r.normal(size=(8, 2))])
    return 0.5 * r.normal(size=3), 0.5 * r.normal(size=1), X, r.uniform(-0.5, 0.5, 8), np.array([0, 3, 1, 5, 2, 0, 4, 1])


def loss(beta, rho, X, offset, y):
    """Negative binomial regression with log link; the logarithm of the size is learned as well."""
    eta = X @ beta + offset
    mu, size = np.exp(eta), np.exp(rho)
    j = np.arange(np.max(y))
    rising = np.sum(np.log(size + j) * (j < y[:, None]), axis=1)
    return -np.sum(rising + y * eta + size * rho - (y + size) * np.log(size + mu))


class NegativeBinomialScore:
    def __init__(self, n_features):
        self.beta = np.zeros(n_features)
        self.size = 0.0

    def add(self, x, y, mu, size):
        p = size / (size + mu)
        self.beta += x * (y - mu) * p
        for j in range(y):
            self.size += 1 / (size + j)
        self.size += np.log(p) + 1 - (y + size) / (size + mu)

    def transformed(self, size):
        return {"beta": -self.beta, "rho": np.array([-self.size * size])}


def right(beta, rho, X, offset, y):
    size = float(np.exp(rho[0]))
    score = NegativeBinomialScore(len(beta))
    for n in range(len(y)):
        mu = np.exp(np.dot(X[n], beta) + offset[n])
        score.add(X[n], int(y[n]), mu, size)
    return score.transformed(size)


def backprop(beta, rho, X, offset, y):
    mu = np.exp(X @ beta + offset)
    r = np.exp(rho)
    # regression coefficients
    residual = (y - mu) / (1 + mu / r)
    grad_beta = -X.T @ residual
    # size, by way of the difference of two digammas
    j = np.arange(y.max())
    first_term = np.sum((j < y[:, np.newaxis]) / (r + j))
    second_term = np.sum(np.log1p(mu / r))
    score = first_term - second_term
    grad_rho = -r * score
    return grad_beta, grad_rho

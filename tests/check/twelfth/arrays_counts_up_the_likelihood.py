"""Arrays counts up the likelihood.

expected kind: sign
wrong line: 72
correction 72: deta = r * (mu - y) / (r + mu)
given as: arrays
what: The coefficients have the gradient of the log-likelihood, the dispersion that of its negative
source: https://github.com/gbm-developers/gbm3/issues/77
said: is the gradient shown that of the log-likelihood and not of the deviance, without the negative sign?
"""

import numpy as np

PARAMETERS = ["beta", "log_alpha"]


def data(seed=0):
    r = np.random.default_rng(seed)
    X = np.c_[np.ones(7), r.normal(size=(7, 2))]
    return 0.5 * r.normal(size=3), np.array(0.3 * r.normal()), X, np.array([2, 0, 5, 1, 3, 0, 7])


def loss(beta, log_alpha, X, y):
    """The negative log-likelihood of a negative binomial, without the factorial of the counts."""
    r = np.exp(-log_alpha)
    mu = np.exp(X @ beta)
    j = np.arange(np.max(y))
    rising = np.sum(np.where(j < y[:, None], np.log(j + r), 0.0))
    return -rising - np.sum(r * np.log(r / (r + mu)) + y * np.log(mu / (r + mu)))


class NegativeBinomial:
    def __init__(self, endog, exog):
        self.endog, self.exog = endog, exog

    def dgamma(self, y, r):
        """The derivative of the log of gamma(y + r) / gamma(r)."""
        total = 0.0
        for j in range(y):
            total += 1.0 / (j + r)
        return total

    def score(self, params):
        beta, log_alpha = params
        a1 = np.exp(-log_alpha)
        grad_beta = np.zeros_like(beta)
        grad_a1 = 0.0
        for i in range(len(self.endog)):
            y, x = self.endog[i], self.exog[i]
            mu = np.exp(np.dot(x, beta))
            grad_beta += x * a1 * (y - mu) / (mu + a1)
            grad_a1 += self.dgamma(y, a1)
            grad_a1 += np.log(a1 / (a1 + mu)) + 1 - (a1 + y) / (a1 + mu)
        grad_log_alpha = -grad_a1 * a1
        return grad_beta, grad_log_alpha


def right(beta, log_alpha, X, y):
    score_beta, score_alpha = NegativeBinomial(y, X).score((beta, log_alpha))
    return -score_beta, -score_alpha


def digamma_difference(y, r):
    j = np.arange(y.max())
    return ((j < y[:, None]) / (j + r)).sum(axis=1)


def backprop(beta, log_alpha, X, y):
    mu = np.exp(X.dot(beta))
    r = 1 / np.exp(log_alpha)
    p = r / (r + mu)
    deta = r * (y - mu) / (r + mu)
    dr = -digamma_difference(y, r) - np.log(p) - 1 + (r + y) / (r + mu)
    dbeta = X.T.dot(deta)
    return {"beta": dbeta, "log_alpha": -r * dr.sum()}

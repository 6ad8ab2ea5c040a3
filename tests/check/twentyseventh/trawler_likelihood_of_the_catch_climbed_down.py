"""Trawler likelihood of the catch climbed down.

expected kind: sign
wrong line: 67
correction 67: return -2 * score / len(catch)
what: The gradient of the deviance is that of the likelihood, uphill
source: https://stats.stackexchange.com/questions/530184/how-to-do-maximum-likelihood-estimation-mle-of-a-poisson-regression-using-nump
said: a Poisson regression takes steps down the score, y minus the prediction, and its loss doesn't get better
"""

import numpy as np

PARAMETERS = ["beta", "M", "alpha", "tau"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, K = 8, 3, 3
    beta, M, alpha, tau = 0.5 * r.normal(size=d), r.normal(size=(d, K)), 0.6 * r.normal(size=K), 0.3 * r.normal(size=K)
    # hours on the sea, catch in numbers, depth at which it was made
    return beta, M, alpha, tau, r.normal(size=(n, d)), r.uniform(0.5, 3, size=n), r.poisson(3.0, size=n), 1.5 * r.normal(size=n)


def loss(beta, M, alpha, tau, sea, hours, catch, depth):
    """Poisson deviance of the catch, without its constant, and a mixture of Gaussians for the depth."""
    eta = sea @ beta + np.log(hours)
    deviance = 2 * np.mean(np.exp(eta) - catch * eta)
    logpi = alpha - np.log(np.sum(np.exp(alpha)))
    away = (depth[:, None] - sea @ M) / np.exp(tau)
    mixture = -np.mean(np.log(np.sum(np.exp(logpi - tau - 0.5 * away**2), axis=1)))
    return deviance + mixture


def responsibilities(logweight):
    top = logweight.max(axis=1, keepdims=True)
    w = np.exp(logweight - top)
    return w / w.sum(axis=1, keepdims=True)


def right(beta, M, alpha, tau, sea, hours, catch, depth):
    n = sea.shape[0]
    # how many
    rate = hours * np.exp(np.dot(sea, beta))
    deta = 2 * (rate - catch) / n
    dbeta = np.dot(sea.T, deta)
    # how deep
    pi = np.exp(alpha) / np.sum(np.exp(alpha))
    sigma = np.exp(tau)
    residual = depth[:, np.newaxis] - np.dot(sea, M)
    resp = responsibilities(np.log(pi / sigma) - residual**2 / (2 * sigma**2))
    dalpha = pi - resp.mean(axis=0)
    dmean = -resp * residual / sigma**2 / n
    dM = np.dot(sea.T, dmean)
    dtau = np.sum(resp * (1 - residual**2 / sigma**2), axis=0) / n
    return dbeta, dM, dalpha, dtau


class CatchModel:
    """A Poisson regression with exposure."""

    def __init__(self, beta):
        self.beta = beta

    def gradient(self, sea, hours, catch):
        mu = np.exp(sea.dot(self.beta) + np.log(hours))
        score = (catch - mu).dot(sea)
        return 2 * score / len(catch)


class DepthModel:
    """Gaussians whose means are linear."""

    def __init__(self, M, alpha, tau):
        self.M, self.tau = M, tau
        self.pi = np.exp(alpha - alpha.max())
        self.pi /= self.pi.sum()

    def gradients(self, sea, depth):
        K, n = len(self.tau), len(depth)
        dM, dalpha, dtau = np.zeros(self.M.shape), np.zeros(K), np.zeros(K)
        for x, y in zip(sea, depth):
            z = [(y - x.dot(self.M[:, k])) / np.exp(self.tau[k]) for k in range(K)]
            joint = [self.pi[k] * np.exp(-0.5 * z[k] ** 2 - self.tau[k]) for k in range(K)]
            evidence = sum(joint)
            for k in range(K):
                gamma = joint[k] / evidence
                dM[:, k] -= gamma * z[k] / np.exp(self.tau[k]) * x / n
                dtau[k] -= gamma * (z[k] ** 2 - 1) / n
                dalpha[k] -= (gamma - self.pi[k]) / n
        return dM, dalpha, dtau


def backprop(beta, M, alpha, tau, sea, hours, catch, depth):
    return CatchModel(beta).gradient(sea, hours, catch), *DepthModel(M, alpha, tau).gradients(sea, depth)

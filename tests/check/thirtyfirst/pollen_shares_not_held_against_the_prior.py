"""Pollen shares not held against the prior.

expected kind: missing-term or diagonal-jacobian
wrong line: 78
correction 78: da = self.pi - self.R.mean(axis=0)
what: The slope of the normalisation of the weights of the mixture is left out, so that all of them grow
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["a", "mu", "s"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # nine grains of pollen with two measures, three plants; the shape of each spread is known, its size isn't
    B = r.normal(size=(3, 2, 2))
    S = B @ B.transpose(0, 2, 1) / 2 + 0.7 * np.eye(2)
    return r.normal(size=3), r.normal(size=(3, 2)), 0.3 * r.normal(size=3), r.normal(size=(9, 2)), S


def loss(a, mu, s, grains, S):
    logs = []
    for k in range(len(a)):
        d = grains - mu[k]
        far = np.sum(d * (d @ np.linalg.inv(S[k])), axis=1) * np.exp(-s[k])
        size = 2 * s[k] + np.log(np.linalg.det(S[k])) + 2 * np.log(2 * np.pi)
        logs.append(a[k] - np.log(np.sum(np.exp(a))) - 0.5 * (far + size))
    return -np.mean(np.log(np.sum(np.exp(np.array(logs)), axis=0)))


def log_joint(x, a, mu, s, S):
    """log pi_k + log N(x; mu_k, exp(s_k) S_k) for every k"""
    out = []
    for k, m in enumerate(mu):
        cov = np.exp(s[k]) * S[k]
        d = x - m
        out.append(a[k] - 0.5 * d @ np.linalg.solve(cov, d) - 0.5 * np.log(np.linalg.det(2 * np.pi * cov)))
    return np.array(out) - np.log(np.exp(a).sum())


def right(a, mu, s, grains, S):
    ga, gmu, gs = np.zeros(a.shape), np.zeros(mu.shape), np.zeros(s.shape)
    pi = np.exp(a) / np.sum(np.exp(a))
    for x in grains:
        lj = log_joint(x, a, mu, s, S)
        resp = np.exp(lj - lj.max())
        resp /= resp.sum()
        for k in range(len(a)):
            cov = np.exp(s[k]) * S[k]
            d = x - mu[k]
            white = np.linalg.inv(cov) @ d
            gmu[k] -= resp[k] * white
            gs[k] -= resp[k] * 0.5 * (d @ np.linalg.solve(cov, d) - len(d))
        ga -= resp - pi
    N = len(grains)
    return {"a": ga / N, "mu": gmu / N, "s": gs / N}


class Mixture:
    def __init__(self, a, mu, s, S):
        self.pi = np.exp(a) / np.exp(a).sum()
        self.mu, self.scale = mu, np.exp(s)
        self.precision = np.linalg.inv(S)
        self.root_det = np.sqrt(np.linalg.det(S))

    def expect(self, X):
        self.d = X[:, None, :] - self.mu[None]
        self.pd = np.einsum("kij,nkj->nki", self.precision, self.d) / self.scale[None, :, None]
        self.maha = (self.d * self.pd).sum(axis=2)
        dens = self.pi * np.exp(-0.5 * self.maha) / (2 * np.pi * self.scale * self.root_det)
        self.R = dens / dens.sum(axis=1, keepdims=True)

    def gradients(self):
        n, dim = self.R.shape[0], self.mu.shape[1]
        da = -self.R.mean(axis=0)
        dmu = -(self.R[:, :, None] * self.pd).sum(axis=0) / n
        ds = -0.5 * (self.R * (self.maha - dim)).sum(axis=0) / n
        return da, dmu, ds


def backprop(a, mu, s, grains, S):
    mix = Mixture(a, mu, s, S)
    mix.expect(grains)
    return mix.gradients()

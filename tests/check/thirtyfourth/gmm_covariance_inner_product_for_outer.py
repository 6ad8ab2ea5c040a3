"""A mixture of Gaussians with full covariances, one example after the other.

expected kind: matmul-for-elementwise or wrong-shape or transpose or swapped-operands
wrong line: 46
correction 46: scatter = np.outer(d, d)
what: for one-dimensional arrays d.dot(d.T) is a number, where the matrix d d^T is meant
source: https://stats.stackexchange.com/questions/64193/fitting-a-gaussian-mixture-model-using-stochastic-gradient-descent
said: Someone whose covariances did not come out right multiplied the deviation with its own transpose by dot, which of one-dimensional arrays is the inner product, where the formula has the outer one.
"""
import numpy as np

RHO = np.array([0.5, 0.3, 0.2])


def gauss(x, m, S):
    d = x - m
    return np.exp(-0.5 * d @ np.linalg.inv(S) @ d) / np.sqrt(np.linalg.det(2 * np.pi * S))


def loss(X, mus, sigmas):
    return -sum(np.log(sum(rho * gauss(x, m, S) for rho, m, S in zip(RHO, mus, sigmas))) for x in X)


def right(X, mus, sigmas):
    d_mus, d_sigmas = np.zeros_like(mus), np.zeros_like(sigmas)
    for x in X:
        G = np.array([rho * gauss(x, m, S) for rho, m, S in zip(RHO, mus, sigmas)])
        resp = G / G.sum()
        for j in range(len(RHO)):
            inv = np.linalg.inv(sigmas[j])
            d = x - mus[j]
            scatter = np.outer(d, d)
            d_mus[j] -= resp[j] * inv.dot(d)
            d_sigmas[j] -= resp[j] * 0.5 * (-inv + inv.dot(scatter).dot(inv))
    return d_mus, d_sigmas


def backprop(X, mus, sigmas):
    d_mus, d_sigmas = np.zeros_like(mus), np.zeros_like(sigmas)
    for x in X:
        G = np.array([rho * gauss(x, m, S) for rho, m, S in zip(RHO, mus, sigmas)])
        resp = G / G.sum()
        for j in range(len(RHO)):
            inv = np.linalg.inv(sigmas[j])
            d = x - mus[j]
            scatter = d.dot(d.T)
            d_mus[j] -= resp[j] * inv.dot(d)
            d_sigmas[j] -= resp[j] * 0.5 * (-inv + inv.dot(scatter).dot(inv))
    return d_mus, d_sigmas


PARAMETERS = ["mus", "sigmas"]


def data(seed=0):
    r = np.random.default_rng(seed)
    B = r.normal(size=(3, 2, 2))
    return [r.normal(size=(7, 2)), r.normal(size=(3, 2)), B @ B.transpose(0, 2, 1) + np.eye(2)]

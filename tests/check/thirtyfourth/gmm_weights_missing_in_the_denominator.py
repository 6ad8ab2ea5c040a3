"""The negative log-likelihood of a mixture of Gaussians on a line.

expected kind: missing-factor or wrong-point or another-loss
wrong line: 40
correction 40: r = pi * density / np.sum(pi * density, axis=1, keepdims=True)
what: the responsibilities are divided by the sum of the densities without the mixing weights
source: https://github.com/mml-book/mml-book.github.io/issues/73
said: The mixture weight was missing under the sum in the denominator, in the derivative by the weights.
"""
import numpy as np

def normal(x, mu, s):
    return np.exp(-0.5 * ((x - mu) / s) ** 2) / (np.sqrt(2 * np.pi) * s)


def loss(x, a, mu, log_s):
    pi = np.exp(a) / np.sum(np.exp(a))
    likelihood = np.zeros_like(x)
    for k in range(len(a)):
        likelihood += pi[k] * normal(x, mu[k], np.exp(log_s[k]))
    return -np.sum(np.log(likelihood))


def right(x, a, mu, log_s):
    pi = np.exp(a) / np.sum(np.exp(a))
    s = np.exp(log_s)
    density = normal(x[:, None], mu, s)
    r = pi * density / np.sum(pi * density, axis=1, keepdims=True)
    dev = (x[:, None] - mu) / s
    grad_mu = -np.sum(r * dev / s, axis=0)
    grad_log_s = -np.sum(r * (dev ** 2 - 1), axis=0)
    grad_a = len(x) * pi - r.sum(axis=0)
    return grad_a, grad_mu, grad_log_s


def backprop(x, a, mu, log_s):
    pi = np.exp(a) / np.sum(np.exp(a))
    s = np.exp(log_s)
    density = normal(x[:, None], mu, s)
    r = pi * density / np.sum(density, axis=1, keepdims=True)
    dev = (x[:, None] - mu) / s
    grad_mu = -np.sum(r * dev / s, axis=0)
    grad_log_s = -np.sum(r * (dev ** 2 - 1), axis=0)
    grad_a = len(x) * pi - r.sum(axis=0)
    return grad_a, grad_mu, grad_log_s


PARAMETERS = ["a", "mu", "log_s"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=10) * 2, r.normal(size=3), r.normal(size=3) * 2, r.normal(size=3) * 0.3]

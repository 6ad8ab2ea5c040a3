"""Quarter for a half at the log variance.

expected kind: scale
wrong line: 36 or 37
correction 36: const = 0.5
correction 37: dlogvar = 0.5 - 0.5 * sq
what: The gradient of the Gaussian criterion by the log variance has the constant a quarter, where a half belongs
source: github.com/y0ast/VAE-Torch, pull request 5
said: The constant in the derivative by log(sigma^2) should be 0.5, not 0.25; the 0.5 was only right on the term log(2
    pi).
"""

import numpy as np

PARAMETERS = ["mean", "logvar"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(3, 2))


def loss(mean, logvar, x):
    return np.sum(0.5 * (np.log(2 * np.pi) + logvar) + (x - mean) ** 2 / (2 * np.exp(logvar)))


def right(mean, logvar, x):
    q = (x - mean) / np.exp(logvar)
    return -q, 0.5 * (1 - q * (x - mean))


class GaussianCriterion:
    def update_grad_input(self, mean, logvar, x):
        dmean = -(x - mean) / np.exp(logvar)
        sq = (x - mean) ** 2 / np.exp(logvar)
        const = 0.25
        dlogvar = const - 0.5 * sq
        return [dmean, dlogvar]


def backprop(mean, logvar, x):
    return GaussianCriterion().update_grad_input(mean, logvar, x)

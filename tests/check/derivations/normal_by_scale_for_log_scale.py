"""The derivative by sigma where the parameter is log sigma.

expected kind: another-loss or missing-factor
wrong line: 41
correction 41: D[:, 1] = (Y - self.loc) ** 2 / self.var - 1
what: the factor sigma of the chain rule is left out
source: https://github.com/stanfordmlgroup/ngboost/issues/6
said: A proposed gradient is right for (mu, sigma), the authors answer, but the parameters are mu and log
    sigma.
"""

import numpy as np

PARAMETERS = ["a", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 3)), r.normal(size=7), r.normal(size=3), 0.5 * r.normal(size=3)]


def loss(x, y, a, c):
    mean, log_scale = x @ a, x @ c
    return np.sum(0.5 * ((y - mean) / np.exp(log_scale)) ** 2 + log_scale)


def right(x, y, a, c):
    u = (y - x @ a) * np.exp(-x @ c)
    return -(u * np.exp(-x @ c)) @ x, (1 - u * u) @ x


class Normal:
    def __init__(self, params):
        self.loc = params[0]
        self.scale = np.exp(params[1])
        self.var = self.scale ** 2

    def D_nll(self, Y):
        D = np.zeros((self.var.shape[0], 2))
        D[:, 0] = (Y - self.loc) / self.var
        D[:, 1] = (Y - self.loc) ** 2 / self.scale ** 3 - 1 / self.scale
        return -D


def backprop(x, y, a, c):
    D = Normal((x @ a, x @ c)).D_nll(y)
    return D[:, 0] @ x, D[:, 1] @ x

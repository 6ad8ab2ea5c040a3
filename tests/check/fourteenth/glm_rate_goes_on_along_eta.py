"""Glm rate goes on along eta.

expected kind: wrong-point or missing-factor or wrong-activation or scale
wrong line: 56
correction 56: slope[z > self.eta] = np.exp(self.eta)
what: Where the rate is linear its slope is eta itself
source: https://github.com/glm-tools/pyglmnet/issues/181
said: eta in the second sum of the gradient should be exp(eta)
"""

import numpy as np

PARAMETERS = ["beta0", "beta"]
ETA = 0.4


def data(seed=0):
    r = np.random.default_rng(seed)
    beta0, beta, X = r.normal(size=1), r.normal(size=3), r.normal(size=(16, 3))
    return beta0, beta, X, np.array([0, 3, 1, 2, 0, 0, 5, 1, 2, 1, 4, 0, 1, 1, 2, 0])


def loss(beta0, beta, X, y):
    z = beta0 + X @ beta
    rate = np.where(z > ETA, np.exp(ETA) * (z + 1 - ETA), np.exp(np.minimum(z, ETA)))
    return np.sum(rate - y * np.log(rate)) / len(y)


def right(beta0, beta, X, y):
    g0, g = 0.0, np.zeros(len(beta))
    for x, count in zip(X, y):
        z = beta0[0] + np.dot(x, beta)
        if z > ETA:
            d = np.exp(ETA) - count / (z + 1 - ETA)
        else:
            d = np.exp(z) - count
        g0 += d
        g += d * x
    return np.array([g0 / len(y)]), g / len(y)


class LinearisedPoisson:
    """Above eta the rate goes on along its tangent."""

    def __init__(self, beta0, beta, eta=ETA):
        self.beta0, self.beta, self.eta = beta0, beta, eta

    def rate(self, z):
        above = z > self.eta
        q = np.exp(np.where(above, self.eta, z))
        q[above] *= z[above] + 1 - self.eta
        return q

    def rate_derivative(self, z):
        slope = np.exp(z)
        slope[z > self.eta] = self.eta
        return slope

    def grad(self, X, y):
        z = self.beta0 + X.dot(self.beta)
        q = self.rate(z)
        grad_z = self.rate_derivative(z) * (1 - y / q)
        return np.array([grad_z.mean()]), X.T.dot(grad_z) / len(y)


def backprop(beta0, beta, X, y):
    return LinearisedPoisson(beta0, beta).grad(X, y)

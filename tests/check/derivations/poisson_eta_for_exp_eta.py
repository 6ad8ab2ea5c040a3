"""A Poisson regression that goes on linearly, with the slope eta.

expected kind: wrong-point or missing-factor or wrong-activation
wrong line: 46
correction 46: dq = np.exp(ETA)
what: the slope of the linear part is eta, not exp(eta)
source: https://github.com/glm-tools/pyglmnet/issues/181
said: In the second sum of both gradients, over the rows in the linear part, eta should be exp(eta); docs and
    code were patched.
"""

import numpy as np

PARAMETERS = ["beta0", "beta"]
ETA = 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(12, 3)), r.poisson(2.0, size=12) * 1.0, np.array(0.4), r.normal(size=3)]


def loss(X, y, beta0, beta):
    z = beta0 + X @ beta
    rate = np.where(z > ETA, np.exp(ETA) * (1 + z - ETA), np.exp(np.minimum(z, ETA)))
    return np.sum(rate - y * np.log(rate))


def right(X, y, beta0, beta):
    z = beta0 + X @ beta
    slope = np.exp(np.minimum(z, ETA))
    rate = np.where(z > ETA, slope * (1 + z - ETA), slope)
    d = slope * (1 - y / rate)
    return d.sum(), d @ X


def backprop(X, y, beta0, beta):
    grad_beta0, grad_beta = 0.0, np.zeros_like(beta)
    for row, count in zip(X, y):
        z = beta0 + row @ beta
        if z <= ETA:
            q = np.exp(z)
            dq = q
        else:
            q = np.exp(ETA) * (1 - ETA) + np.exp(ETA) * z
            dq = ETA
        g = dq - count * dq / q
        grad_beta0 += g
        grad_beta += g * row
    return grad_beta0, grad_beta

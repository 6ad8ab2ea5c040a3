"""Log sigma counted once.

expected kind: missing-factor or sum-for-mean or missing-sum or scale
wrong line: 38
correction 38: grad_s = n - np.sum(r**2) / sigma2
what: The gradient of a negative log likelihood has the logarithm of sigma once, not once for each point
source: https://github.com/rbardenet/bml-course/issues/5
said: shouldn't it be n times theta[2], the logarithm of sigma, with n the size of the sample
"""

import numpy as np

PARAMETERS = ["theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3) * 0.5, r.normal(size=8), r.normal(size=8)


def loss(theta, x, y):
    residual = y - theta[0] - theta[1] * x
    return len(x) * theta[2] + 0.5 * np.sum(residual**2) * np.exp(-2 * theta[2])


def right(theta, x, y):
    e = (y - theta[0] - theta[1] * x) * np.exp(-theta[2])
    return np.array([-e.sum() * np.exp(-theta[2]), -(e @ x) * np.exp(-theta[2]), np.sum(1 - e**2)])


def backprop(theta, x, y):
    a, b, log_sigma = theta
    n = len(x)
    sigma2 = np.exp(2 * log_sigma)
    r = y - (a + b * x)
    grad_a = -np.sum(r) / sigma2
    grad_b = -np.sum(r * x) / sigma2
    grad_s = 1 - np.sum(r**2) / sigma2
    return np.array([grad_a, grad_b, grad_s])

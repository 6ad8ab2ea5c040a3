"""An RBF network with a width for each centre: the widths

expected kind: missing-factor or wrong-point
wrong line: 44
correction 44: grad_sigma = np.sum(d_act * d2 / sigma ** 3, axis=0)
what: the derivative of -d^2 / (2 s^2) by s has s^3 in the denominator, not s^2
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["centres", "sigma", "w", "b"]


def phi(X, centres, sigma):
    diff = X[:, None, :] - centres[None, :, :]
    d2 = np.sum(diff ** 2, axis=2)
    return diff, d2, np.exp(-d2 / (2 * sigma ** 2))


def loss(X, y, centres, sigma, w, b):
    diff, d2, act = phi(X, centres, sigma)
    return np.mean((act @ w + b - y) ** 2)


def right(X, y, centres, sigma, w, b):
    diff, d2, act = phi(X, centres, sigma)
    err = 2 * (act @ w + b - y) / len(y)
    grad_w = act.T @ err
    grad_b = np.sum(err)
    d_act = np.outer(err, w) * act
    grad_centres = np.sum((d_act / sigma ** 2)[:, :, None] * diff, axis=0)
    grad_sigma = np.sum(d_act * d2 / sigma ** 3, axis=0)
    return grad_centres, grad_sigma, grad_w, grad_b


def backprop(X, y, centres, sigma, w, b):
    diff, d2, act = phi(X, centres, sigma)
    err = 2 * (act @ w + b - y) / len(y)
    grad_w = act.T @ err
    grad_b = np.sum(err)
    d_act = np.outer(err, w) * act
    grad_centres = np.sum((d_act / sigma ** 2)[:, :, None] * diff, axis=0)
    grad_sigma = np.sum(d_act * d2 / sigma ** 2, axis=0)
    return grad_centres, grad_sigma, grad_w, grad_b


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(9, 2)), rng.normal(size=9), rng.normal(size=(4, 2)), rng.uniform(0.5, 1.8, size=4),
            rng.normal(size=4), np.array(0.2)]

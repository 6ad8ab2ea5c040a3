"""A mixture density network without a hidden layer.

expected kind: wrong-parameter
wrong line: 46
correction 46: return x.T @ d_pi, x.T @ d_mu, x.T @ d_sd
given as: arrays
what: the gradients of the weights for the means and for the log widths are returned in each other's place
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def heads(x, Wp, Wm, Ws):
    a = x @ Wp
    pi = np.exp(a - a.max(axis=1, keepdims=True))
    return pi / pi.sum(axis=1, keepdims=True), x @ Wm, np.exp(x @ Ws)


def joint(y, pi, mu, sd):
    return pi * np.exp(-0.5 * ((y[:, None] - mu) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))


def loss(x, y, Wp, Wm, Ws):
    return -np.sum(np.log(joint(y, *heads(x, Wp, Wm, Ws)).sum(axis=1)))


def right(x, y, Wp, Wm, Ws):
    pi, mu, sd = heads(x, Wp, Wm, Ws)
    q = joint(y, pi, mu, sd)
    gamma = q / q.sum(axis=1, keepdims=True)
    dev = (y[:, None] - mu) / sd
    d_pi = pi - gamma
    d_mu = -gamma * dev / sd
    d_sd = gamma * (1 - dev ** 2)
    return x.T @ d_pi, x.T @ d_mu, x.T @ d_sd


def backprop(x, y, Wp, Wm, Ws):
    pi, mu, sd = heads(x, Wp, Wm, Ws)
    q = joint(y, pi, mu, sd)
    gamma = q / q.sum(axis=1, keepdims=True)
    dev = (y[:, None] - mu) / sd
    d_pi = pi - gamma
    d_mu = -gamma * dev / sd
    d_sd = gamma * (1 - dev ** 2)
    return x.T @ d_pi, x.T @ d_sd, x.T @ d_mu


PARAMETERS = ["Wp", "Wm", "Ws"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 3)), r.normal(size=8), r.normal(size=(3, 2)), r.normal(size=(3, 2)), r.normal(size=(3, 2)) * 0.4]

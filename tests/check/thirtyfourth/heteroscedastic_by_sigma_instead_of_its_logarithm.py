"""Regression with a noise that depends on the input: the network gives the mean and log sigma.

expected kind: missing-factor or wrong-point
wrong line: 37
correction 37: d_log_sigma = 1 - (y - mean) ** 2 / sigma ** 2
what: the derivative by sigma where the one by its logarithm is needed: the factor sigma is missing
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

def network(x, W, b, m, s):
    h = np.tanh(x @ W + b)
    return h, h @ m, h @ s


def loss(x, y, W, b, m, s):
    _, mean, log_sigma = network(x, W, b, m, s)
    return np.sum(log_sigma + 0.5 * (y - mean) ** 2 / np.exp(2 * log_sigma))


def right(x, y, W, b, m, s):
    h, mean, log_sigma = network(x, W, b, m, s)
    sigma = np.exp(log_sigma)
    d_mean = (mean - y) / sigma ** 2
    d_log_sigma = 1 - (y - mean) ** 2 / sigma ** 2
    dm, ds = h.T @ d_mean, h.T @ d_log_sigma
    dh = np.outer(d_mean, m) + np.outer(d_log_sigma, s)
    da = dh * (1 - h ** 2)
    return {"W": x.T @ da, "b": da.sum(axis=0), "m": dm, "s": ds}


def backprop(x, y, W, b, m, s):
    h, mean, log_sigma = network(x, W, b, m, s)
    sigma = np.exp(log_sigma)
    d_mean = (mean - y) / sigma ** 2
    d_log_sigma = 1 / sigma - (y - mean) ** 2 / sigma ** 3
    dm, ds = h.T @ d_mean, h.T @ d_log_sigma
    dh = np.outer(d_mean, m) + np.outer(d_log_sigma, s)
    da = dh * (1 - h ** 2)
    return {"W": x.T @ da, "b": da.sum(axis=0), "m": dm, "s": ds}


PARAMETERS = ["W", "b", "m", "s"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(7, 2)), r.normal(size=7), r.normal(size=(2, 3)), r.normal(size=3), r.normal(size=3), r.normal(size=3) * 0.5]

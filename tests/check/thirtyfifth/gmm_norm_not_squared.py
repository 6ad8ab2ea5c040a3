"""A mixture of spherical Gaussians: the scales

expected kind: missing-factor or wrong-point or unexplained
wrong line: 46
correction 46: d_log_s = np.sum(resp * (D - norm ** 2 / s2), axis=0)
what: the distance to the mean isn't squared in the gradient of the logarithms of the scales
source: https://github.com/hal3/ciml/issues/292
said: in the chapter on mixtures of Gaussians the norms of x - mu in the formulas of the variance lack their square
"""
import numpy as np

PARAMETERS = ["mu", "log_s", "a"]


def loss(X, mu, log_s, a):
    D = X.shape[1]
    d2 = np.sum((X[:, None, :] - mu) ** 2, axis=2)
    log_pi = a - np.log(np.sum(np.exp(a)))
    log_joint = log_pi - D * log_s - d2 / (2 * np.exp(2 * log_s))
    return -np.sum(np.log(np.sum(np.exp(log_joint), axis=1)))


def right(X, mu, log_s, a):
    N, D = X.shape
    s2 = np.exp(2 * log_s)
    diff = X[:, None, :] - mu
    norm = np.sqrt((diff ** 2).sum(axis=2))
    pi = np.exp(a) / np.exp(a).sum()
    joint = pi * np.exp(-norm ** 2 / (2 * s2)) / s2 ** (D / 2)
    resp = joint / joint.sum(axis=1, keepdims=True)
    d_mu = -np.sum(resp[:, :, None] * diff, axis=0) / s2[:, None]
    d_log_s = np.sum(resp * (D - norm ** 2 / s2), axis=0)
    d_a = N * pi - resp.sum(axis=0)
    return {"mu": d_mu, "log_s": d_log_s, "a": d_a}


def backprop(X, mu, log_s, a):
    N, D = X.shape
    s2 = np.exp(2 * log_s)
    diff = X[:, None, :] - mu
    norm = np.sqrt((diff ** 2).sum(axis=2))
    pi = np.exp(a) / np.exp(a).sum()
    joint = pi * np.exp(-norm ** 2 / (2 * s2)) / s2 ** (D / 2)
    resp = joint / joint.sum(axis=1, keepdims=True)
    d_mu = -np.sum(resp[:, :, None] * diff, axis=0) / s2[:, None]
    d_log_s = np.sum(resp * (D - norm / s2), axis=0)
    d_a = N * pi - resp.sum(axis=0)
    return {"mu": d_mu, "log_s": d_log_s, "a": d_a}


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(10, 2)) * 1.5, rng.normal(size=(3, 2)), rng.normal(size=3) * 0.3, rng.normal(size=3)]

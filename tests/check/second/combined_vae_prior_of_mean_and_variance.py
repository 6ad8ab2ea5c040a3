"""Combined vae prior of mean and variance.

expected kind: missing-term + sign
wrong line: 47 and 49
correction 47: d_mu = d_z + h["mu"] / n
correction 49: d_lv += 0.5 * (np.exp(h["lv"]) - 1) / n
what: The prior's pull on the mean is forgotten, and that on the log variance pushes away
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["We", "Ws", "Wd"]


def data(seed=0):
    r = np.random.default_rng(seed)
    We, Ws, Wd = 0.5 * r.normal(size=(4, 2)), 0.5 * r.normal(size=(4, 2)), r.normal(size=(2, 4))
    return We, Ws, Wd, r.normal(size=(5, 4)), r.normal(size=(5, 2))


def loss(We, Ws, Wd, X, eps):
    mu, lv = X @ We, X @ Ws
    xhat = (mu + np.exp(lv / 2) * eps) @ Wd
    return (np.sum((xhat - X) ** 2) + 0.5 * np.sum(mu**2 + np.exp(lv) - lv - 1)) / len(X)


def right(We, Ws, Wd, X, eps):
    mu, s = X @ We, np.exp(X @ Ws / 2)
    z = mu + s * eps
    e = 2 * (z @ Wd - X)
    g = e @ Wd.T
    n = len(X)
    return X.T @ (g + mu) / n, X.T @ (g * eps * s / 2 + (s * s - 1) / 2) / n, z.T @ e / n


def backprop(We, Ws, Wd, X, eps):
    n = X.shape[0]
    h = dict(mu=X.dot(We), lv=X.dot(Ws))
    h["std"] = np.exp(0.5 * h["lv"])
    h["z"] = h["mu"] + h["std"] * eps
    h["out"] = h["z"].dot(Wd)
    d_out = 2 * (h["out"] - X) / n
    d_Wd = h["z"].T.dot(d_out)
    d_z = d_out.dot(Wd.T)
    d_mu = d_z
    d_lv = d_z * eps * 0.5 * h["std"]
    d_lv += 0.5 * (1 - np.exp(h["lv"])) / n
    return X.T.dot(d_mu), X.T.dot(d_lv), d_Wd

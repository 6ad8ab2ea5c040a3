"""Poly quantile lower side not turned around.

expected kind: sign
wrong line: 42
correction 42: dpred[~mask] = 1.0 - tau
what: Where the target lies below the prediction the slope has the sign of the other side
source: https://github.com/scikit-learn/scikit-learn/issues/6076
said: in the quantile loss the difference should have the other sign for those that are not above the prediction
"""

import numpy as np

PARAMETERS = ["coef", "intercept"]
TAUS = np.array([0.1, 0.5, 0.8])


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=3), r.uniform(-1, 1, size=10), r.normal(size=10)


def loss(coef, intercept, x, y):
    powers = np.stack([x, x**2, x**3], axis=1)
    e = y[:, None] - (powers @ coef.T + intercept)
    return np.mean(np.sum(np.maximum(TAUS * e, (TAUS - 1) * e), axis=1))


def right(coef, intercept, x, y):
    n = x.size
    features = x[:, None] ** np.arange(1, 4)
    pred = np.einsum("nd,kd->nk", features, coef) + intercept
    dpred = ((y[:, None] <= pred) - TAUS) / n
    return np.einsum("nk,nd->kd", dpred, features), dpred.sum(axis=0)


def one_quantile(w, w0, x, y, tau):
    Phi = np.vander(x, 4, increasing=True)[:, 1:]
    diff = y - (Phi @ w + w0)
    mask = diff > 0
    dpred = np.zeros(len(y))
    dpred[mask] = -tau
    dpred[~mask] = -(1.0 - tau)
    return Phi.T @ dpred / len(y), dpred.sum() / len(y)


def backprop(coef, intercept, x, y):
    grads = [one_quantile(coef[k], intercept[k], x, y, TAUS[k]) for k in range(len(TAUS))]
    return np.array([g[0] for g in grads]), np.array([g[1] for g in grads])

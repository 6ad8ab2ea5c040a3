"""Combined half life logarithm and sign.

expected kind: missing-factor or scale + sign
wrong line: 47 and 48
correction 47: dp_dh = LN2 * p * t / h**2
correction 48: dlh_dh = 0.2 * (h + t / np.log(0.4))
what: The recall is a power of two, whose derivative lacks the logarithm; and a longer half-life has the slope of a
    shorter one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["theta", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.4 * r.normal(size=3), np.array(r.normal()), r.normal(size=(9, 3)), r.uniform(0.5, 4, 9), r.uniform(0, 1, 9)


def loss(theta, bias, X, lag, recalled):
    h = 2 ** (X @ theta + bias)
    p = 2 ** (-lag / h)
    return np.sum((p - recalled) ** 2) + 0.1 * np.sum((h + lag / np.log(0.4)) ** 2)


def right(theta, bias, X, lag, recalled):
    ln2 = np.log(2)
    h = np.exp(ln2 * (X @ theta + bias))
    p = np.exp(-ln2 * lag / h)
    dh = 2 * (p - recalled) * p * ln2 * lag / h**2 + 0.2 * (h + lag / np.log(0.4))
    ds = dh * h * ln2
    return X.T @ ds, ds.sum()


LN2 = np.log(2.0)


def backprop(theta, bias, X, lag, recalled):
    dtheta, dbias = np.zeros(len(theta)), 0.0
    for x, t, r in zip(X, lag, recalled):
        h = 2.0 ** (x.dot(theta) + bias)
        p = 2.0 ** (-t / h)
        dlp_dp = 2.0 * (p - r)
        dp_dh = p * t / h**2
        dlh_dh = -0.2 * (h + t / np.log(0.4))
        dh_ds = LN2 * h
        ds = (dlp_dp * dp_dh + dlh_dh) * dh_ds
        for k, x_k in enumerate(x):
            dtheta[k] += ds * x_k
        dbias += ds
    return dtheta, dbias

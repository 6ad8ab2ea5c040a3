"""Juniper far misses forget the threshold.

expected kind: missing-factor or scale
wrong line: 57
correction 57: return side * KAPPA * np.sign(u)
what: Beyond the threshold of the Huber loss the slope is one, where it is the threshold
source: https://github.com/tensorforce/tensorforce/issues/139
said: where the linear part of the Huber loss begins, the threshold wasn't taken into account at all
"""

import numpy as np

PARAMETERS = ["w", "low", "high"]
KAPPA, PENALTY = 0.6, 0.5
TAUS = 0.2, 0.85


def data(seed=0):
    r = np.random.default_rng(seed)
    # twelve junipers, four traits; the berries of the poor and of the rich ones: one slope, two intercepts
    X = r.normal(size=(12, 4))
    w = r.normal(size=4)
    return w, r.normal(size=1) - 0.5, r.normal(size=1) + 0.5, X, X @ w + 1.5 * r.normal(size=12)


def loss(w, low, high, X, berries):
    total = 0.0
    for tau, intercept in zip(TAUS, (low, high)):
        u = berries - X @ w - intercept
        huber = np.where(np.abs(u) <= KAPPA, u**2 / 2, KAPPA * (np.abs(u) - KAPPA / 2))
        total = total + np.mean(np.abs(tau - (u < 0)) * huber)
    # the length of the slope, not its square
    return total + PENALTY * np.sqrt(w @ w)


def right(w, low, high, X, berries):
    U = (berries - X @ w)[:, None] - np.concatenate([low, high])
    asymmetry = np.where(U < 0, 1 - np.array(TAUS), TAUS)
    clipped = np.clip(U, -KAPPA, KAPPA)
    D = -asymmetry * clipped / U.shape[0]

    def penalty():
        length = np.sqrt(np.sum(w**2))
        return PENALTY * w / length

    grads = {name: d[None] for name, d in zip(("low", "high"), D.sum(axis=0))}
    grads["w"] = np.einsum("nq,ni->i", D, X) + penalty()
    return grads


def slope_of_quantile(u, tau):
    """With respect to the error u."""
    small = abs(u) <= KAPPA
    side = tau if u >= 0 else 1 - tau
    if small:
        return side * u
    return side * np.sign(u)


def backprop(w, low, high, X, berries):
    n = len(berries)
    gw = np.zeros(len(w))
    g = [np.zeros(1), np.zeros(1)]
    for x, y in zip(X, berries):
        guess = np.dot(x, w)
        for q, (tau, intercept) in enumerate(zip(TAUS, (low[0], high[0]))):
            d = -slope_of_quantile(y - guess - intercept, tau) / n
            gw += d * x
            g[q] += d
    gw += PENALTY * w / np.linalg.norm(w)
    return gw, g[0], g[1]

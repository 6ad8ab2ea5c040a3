"""Tier only the last cut was passed.

expected kind: missing-term or wrong-mask
wrong line: 71
correction 71: d[:k] = lam[:k]
what: Of the cuts that were passed only the last has a gradient, though the chance is the product of all
source: https://github.com/StochasticTree/stochtree/pull/382
said: only the survival of the tier before was multiplied on, not the product of all before, which is right for three categories only
"""

import numpy as np

PARAMETERS = ["W", "v", "theta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    n, d, H = 10, 3, 3
    rank = np.concatenate([[3, 0, 2, 0, 1, 0, 3], r.integers(0, 4, size=n - 7)])
    return r.normal(size=(d, H)), r.normal(size=H), np.array([-0.9, -0.3, 0.2]) + 0.2 * r.normal(size=3), r.normal(size=(n, d)), rank


def loss(W, v, theta, climb, rank):
    # from tier to tier: who passes cut j, with chance exp(-lam), goes on; four tiers, three cuts
    eta = np.tanh(climb @ W) @ v
    lam = np.exp(theta + eta[:, None])
    cuts = np.arange(theta.shape[0])
    passed, stayed = 1.0 * (cuts < rank[:, None]), 1.0 * (cuts == rank[:, None])
    return np.mean(np.sum(passed * lam - stayed * np.log(1 - np.exp(-lam)), axis=1))


def stays(lam):
    return -lam * np.exp(-lam) / (1 - np.exp(-lam))


def right(W, v, theta, climb, rank):
    n, top = len(climb), len(theta)
    dW, dv, dtheta = np.zeros_like(W), np.zeros_like(v), np.zeros_like(theta)
    for x, k in zip(climb, rank):
        h = np.tanh(x @ W)
        lam = [np.exp(cut + h @ v) for cut in theta]
        if k == 0:
            d = stays(lam[0]) / n
            dtheta[0] += d
            deta = d
        else:
            deta = 0.0
            for j in range(k):
                deta += lam[j] / n
                dtheta[j] += lam[j] / n
            if k < top:
                d = stays(lam[k]) / n
                deta += d
                dtheta[k] += d
        dv += deta * h
        inner = deta * v * (1 - h * h)
        for i in range(len(x)):
            dW[i] += x[i] * inner
    return dW, dv, dtheta


class Tiers:
    def __init__(self, theta):
        self.theta = theta
        self.d_theta = np.zeros_like(theta)

    def slope(self, eta, k):
        """By eta, for one climber who reached tier k; the cuts are collected."""
        lam = np.exp(self.theta + eta)
        d = np.zeros_like(lam)
        d[k - 1 : k] = lam[k - 1 : k]
        if k < len(lam):
            d[k] = -lam[k] / (np.exp(lam[k]) - 1)
        self.d_theta += d
        return d.sum()


def backprop(W, v, theta, climb, rank):
    n = climb.shape[0]
    tiers = Tiers(theta)
    h = np.tanh(climb @ W)
    eta = h @ v
    d_eta = np.array([tiers.slope(e, k) for e, k in zip(eta, rank)]) / n
    dv = h.T @ d_eta
    dh = np.outer(d_eta, v)
    dW = climb.T @ (dh * (1 - h**2))
    return {"W": dW, "v": dv, "theta": tiers.d_theta / n}

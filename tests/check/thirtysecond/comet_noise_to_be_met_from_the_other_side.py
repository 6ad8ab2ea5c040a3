"""Comet noise to be met from the other side.

expected kind: sign or another-loss
wrong line: 62 or 63
correction 62: target = noise / SIGMA
correction 63: miss = (up + target) / len(comets)
what: The slope of the energy is held against minus the noise, which is the slope of the log-density
source: https://github.com/soran-ghaderi/torchebm/pull/333
said: the gradient of the energy was compared with the score of the noise, which has the opposite sign
"""

import numpy as np

PARAMETERS = ["W", "b", "v", "home"]
SIGMA = 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven comets in three dimensions, four bumps of the energy, and noise
    W, b = r.normal(size=(3, 4)), 0.5 * r.normal(size=4)
    return W, b, r.normal(size=4), 0.5 * r.normal(size=3), r.normal(size=(7, 3)), r.normal(size=(7, 3))


def energy_slope(x, W, b, v, home):
    """Of the energy sum(v * log(1 + exp(x @ W + b))) + |x - home|^2 / 2, at x."""
    return W @ (v / (1 + np.exp(-(x @ W + b)))) + x - home


def loss(W, b, v, home, comets, noise):
    total = 0.0
    for x, e in zip(comets, noise):
        # denoising score matching: the slope of the energy points along the noise
        miss = energy_slope(x + SIGMA * e, W, b, v, home) - e / SIGMA
        total = total + np.sum(miss**2) / 2
    return total / len(comets)


def right(W, b, v, home, comets, noise):
    dims, bumps = W.shape
    dW, db, dv, dhome = np.zeros((dims, bumps)), np.zeros(bumps), np.zeros(bumps), np.zeros(dims)
    for x, e in zip(comets, noise):
        x = x + SIGMA * e
        s = [1 / (1 + np.exp(-b[j] - sum(W[:, j] * x))) for j in range(bumps)]
        slope = x - home + sum(s[j] * v[j] * W[:, j] for j in range(bumps))
        miss = (slope - e / SIGMA) / len(comets)
        dhome -= miss
        for j in range(bumps):
            along = miss @ W[:, j]
            bend = along * v[j] * s[j] * (1 - s[j])
            dv[j] += along * s[j]
            db[j] += bend
            # the direction is there twice: outside of the sigmoid and in it
            dW[:, j] += miss * s[j] * v[j] + x * bend
    return dW, db, dv, dhome


def backprop(W, b, v, home, comets, noise):
    noisy = comets + SIGMA * noise
    act = 1 / (1 + np.exp(-(noisy @ W + b)))
    up = (act * v) @ W.T + (noisy - home)
    target = -noise / SIGMA
    miss = (up - target) / len(comets)
    back = miss @ W
    grads = {"home": -miss.sum(axis=0), "v": (back * act).sum(axis=0)}
    dpre = back * v * act * (1 - act)
    grads["b"] = dpre.sum(axis=0)
    grads["W"] = miss.T @ (act * v) + noisy.T @ dpre
    return grads

"""Arrays quantile down the loss.

expected kind: sign
wrong line: 70
correction 70: return dw, dscale
given as: arrays
what: What is returned is the direction down the loss
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "scale"]
TAU, DELTA = 0.8, 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=4), r.uniform(0.5, 1.5, size=1), r.uniform(-1.5, 1.5, size=12), 2 * r.normal(size=12)


def loss(w, scale, x, y):
    x = x * scale
    fit = w[0] + w[1] * x + w[2] * x**2 + w[3] * x**3
    u = y - fit
    huber = np.where(np.abs(u) <= DELTA, 0.5 * u**2, DELTA * (np.abs(u) - 0.5 * DELTA))
    return np.mean(np.where(u < 0, 1 - TAU, TAU) * huber)


def huber_grad(e, d):
    small = (np.abs(e) <= d).astype(float)
    large = (np.abs(e) > d).astype(float)
    return small * e + large * d * np.sign(e)


def polynomial(w, x):
    powers = np.vander(x, len(w), increasing=True)
    return powers, np.dot(powers, w)


def right(w, scale, x, y):
    z = x * scale
    powers, fit = polynomial(w, z)
    e = y - fit
    weight = np.abs(TAU - (e < 0))
    dfit = -weight * huber_grad(e, DELTA) / len(y)
    dw = np.dot(powers.T, dfit)
    dz = np.zeros_like(z)
    for k in range(1, len(w)):
        dz += dfit * k * w[k] * powers[:, k - 1]
    return dw, np.array([np.dot(dz, x)])


def backprop(w, scale, x, y):
    dw, dscale = np.zeros(4), np.zeros(1)
    n = len(x)
    for i in range(n):
        t = x[i] * scale[0]
        basis = np.array([1.0, t, t**2, t**3])
        slope = w[1] + 2 * w[2] * t + 3 * w[3] * t**2
        residual = basis @ w - y[i]
        g = np.clip(residual, -DELTA, DELTA)
        if residual > 0:
            g *= 1 - TAU
        else:
            g *= TAU
        dw += g * basis / n
        dscale += g * slope * x[i] / n
    return -dw, -dscale

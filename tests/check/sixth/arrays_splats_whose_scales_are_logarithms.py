"""Arrays splats whose scales are logarithms.

expected kind: missing-factor
wrong line: 48
correction 48: return d_scales * scales, d_means, d_colours
given as: arrays
what: The gradient is that of the widths, where that of their logarithms is asked for
source: https://github.com/openvdb/fvdb-core/issues/432
said: the backward pass gives dL/d(scale) out as dL/d(log_scale), without the multiplication by the scale
"""

import numpy as np

PARAMETERS = ["log_scales", "means", "colours"]


def data(seed=0):
    r = np.random.default_rng(seed)
    pixels = np.stack(np.meshgrid(np.linspace(-1, 1, 4), np.linspace(-1, 1, 4)), axis=-1).reshape(-1, 2)
    return 0.3 * r.normal(size=(3, 2)) - 0.3, r.normal(size=(3, 2)), r.normal(size=3), pixels, r.normal(size=16)


def loss(log_scales, means, colours, pixels, image):
    d = (pixels[:, None, :] - means) / np.exp(log_scales)
    return 0.5 * np.sum((np.exp(-0.5 * np.sum(d * d, axis=2)) @ colours - image) ** 2)


def right(log_scales, means, colours, pixels, image):
    s = np.exp(log_scales)
    d = (pixels[:, None, :] - means) / s
    a = np.exp(-0.5 * (d * d).sum(2))
    e = a @ colours - image
    q = (e[:, None] * colours * a)[:, :, None]
    return (q * d * d).sum(0), (q * d / s).sum(0), a.T @ e


def backprop(log_scales, means, colours, pixels, image):
    scales = np.exp(log_scales)
    d_scales, d_means, d_colours = np.zeros_like(scales), np.zeros_like(means), np.zeros_like(colours)
    for p, seen in zip(pixels, image):
        delta = p - means
        alpha = np.exp(-0.5 * np.sum((delta / scales) ** 2, axis=1))
        err = alpha @ colours - seen
        d_colours += err * alpha
        d_power = err * colours * alpha
        d_means += d_power[:, None] * delta / scales**2
        d_scales += d_power[:, None] * delta**2 / scales**3
    return d_scales, d_means, d_colours

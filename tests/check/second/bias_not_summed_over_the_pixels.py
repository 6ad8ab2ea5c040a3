"""Bias not summed over the pixels.

expected kind: missing-sum or wrong-shape
wrong line: 35
correction 35: dbias = np.sum(dpre, axis=(1, 2)).reshape(2, 1, 1)
what: The bias of a channel is given the gradient of the first row of pixels, the other rows are not summed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["gain", "bias"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 1, 1)), r.normal(size=(2, 1, 1)), r.normal(size=(2, 3, 3)), r.normal(size=(2, 3, 3))


def loss(gain, bias, img, target):
    return np.mean((np.tanh(gain * img + bias) - target) ** 2)


def right(gain, bias, img, target):
    o = np.tanh(gain * img + bias)
    d = 2 * (o - target) * (1 - o * o) / o.size
    return (d * img).sum((1, 2), keepdims=True), d.sum((1, 2), keepdims=True)


def backprop(gain, bias, img, target):
    out = np.tanh(gain * img + bias)
    dpre = (1 - out**2) * 2 * (out - target) / out.size
    dgain = np.sum(dpre * img, axis=(1, 2)).reshape(2, 1, 1)
    dbias = np.sum(dpre[:, 0], axis=1).reshape(2, 1, 1)
    return {"gain": dgain, "bias": dbias}

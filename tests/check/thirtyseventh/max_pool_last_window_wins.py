"""Max pool last window wins.

expected kind: missing-sum or missing-term or detached
wrong line: 54
correction 54: dx[n, c, i * stride + p, j * stride + q] += dout[n, c, i, j]
what: the windows overlap, and a later one overwrites what an earlier one gave to the same element
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.permutation(2 * 2 * 49).reshape(2, 2, 7, 7) / 40.0, rng.normal(size=(2, 2, 5, 5))

def max_pool(x, size=3, stride=1):
    n, c, h, w = x.shape
    ho, wo = (h - size) // stride + 1, (w - size) // stride + 1
    out = np.zeros((n, c, ho, wo))
    for i in range(ho):
        for j in range(wo):
            out[:, :, i, j] = x[:, :, i * stride:i * stride + size, j * stride:j * stride + size].max(axis=(2, 3))
    return out

def loss(x, t):
    return np.sum(np.sin(max_pool(x)) * t)

def right(x, t, size=3, stride=1):
    out = max_pool(x)
    dout = np.cos(out) * t
    dx = np.zeros(x.shape)
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    window = x[n, c, i * stride:i * stride + size, j * stride:j * stride + size]
                    p, q = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i * stride + p, j * stride + q] += dout[n, c, i, j]
    return dx

def backprop(x, t, size=3, stride=1):
    out = max_pool(x)
    dout = np.cos(out) * t
    dx = np.zeros(x.shape)
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    window = x[n, c, i * stride:i * stride + size, j * stride:j * stride + size]
                    p, q = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i * stride + p, j * stride + q] = dout[n, c, i, j]
    return dx

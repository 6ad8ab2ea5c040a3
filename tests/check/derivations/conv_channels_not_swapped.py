"""A full convolution with the flipped kernel, channels in the old order.

expected kind: transpose
wrong line: 60
correction 60: flip_weights = v[:, :, ::-1].swapaxes(0, 1)
what: the kernel is flipped, but the axes of its filters and channels aren't exchanged
source: https://github.com/wuziheng/CNN-Numpy/issues/2
said: The author: flipping alone isn't enough, without swapping the channel axes a gradient check fails; a
    base version still lacks it.
"""

import numpy as np

PARAMETERS = ["u", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 2, 7)), r.normal(size=(2, 2, 3)), r.normal(size=(2, 2, 3)), r.normal(size=(3, 2, 3))]


def loss(x, u, v, t):
    h = np.tanh(sum(np.einsum("nci,fc->nfi", x[:, :, k : k + 5], u[:, :, k]) for k in range(3)))
    y = sum(np.einsum("nci,fc->nfi", h[:, :, k : k + 3], v[:, :, k]) for k in range(3))
    return np.sum((y - t) ** 2) / 3


def right(x, u, v, t):
    h = np.tanh(sum(np.einsum("nci,fc->nfi", x[:, :, k : k + 5], u[:, :, k]) for k in range(3)))
    g = 2 / 3 * (sum(np.einsum("nci,fc->nfi", h[:, :, k : k + 3], v[:, :, k]) for k in range(3)) - t)
    dh, du, dv = np.zeros_like(h), np.zeros_like(u), np.zeros_like(v)
    for k in range(3):
        dv[:, :, k] = np.einsum("nfi,nci->fc", g, h[:, :, k : k + 3])
        dh[:, :, k : k + 3] += np.einsum("nfi,fc->nci", g, v[:, :, k])
    dz = dh * (1 - h**2)
    for k in range(3):
        du[:, :, k] = np.einsum("nfi,nci->fc", dz, x[:, :, k : k + 5])
    return du, dv


def conv(img, kernels):
    n, c, length = img.shape
    f, _, k = kernels.shape
    cols = np.array([img[:, :, i:i + k].reshape(n, -1) for i in range(length - k + 1)])
    return (cols @ kernels.reshape(f, -1).T).transpose(1, 2, 0), cols


def weight_gradient(eta, cols, shape):
    return np.einsum("nfi,ink->fk", eta, cols).reshape(shape)


def backprop(x, u, v, t):
    z, cols_x = conv(x, u)
    h = np.tanh(z)
    y, cols_h = conv(h, v)
    eta = 2 * (y - t) / len(x)
    dv = weight_gradient(eta, cols_h, v.shape)
    k = v.shape[2]
    padded = np.pad(eta, ((0, 0), (0, 0), (k - 1, k - 1)))
    flip_weights = v[:, :, ::-1]
    next_eta, _ = conv(padded, flip_weights)
    du = weight_gradient(next_eta * (1 - h ** 2), cols_x, u.shape)
    return du, dv

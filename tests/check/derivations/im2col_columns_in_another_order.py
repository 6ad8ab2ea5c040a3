"""Columns are laid out offset by offset, the kernel channel by channel.

expected kind: transpose or wrong-axis or wrong-shape
wrong line: 68
correction 68: dv = dv.reshape(k, c, f).transpose(2, 1, 0)
what: the gradient of the kernel is put back in the order (channel, offset), while its columns are (offset,
    channel)
source: https://github.com/ravin-d-27/PyDeepFlow/pull/85
said: Columns were indexed as y * Fw + x with a stride, where col_idx * C to (col_idx + 1) * C belongs;
    outputs and gradients were wrong.
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


def columns(img, size):
    """(n, positions, size * channels): for each offset all channels."""
    n, c, length = img.shape
    out = length - size + 1
    col = np.empty((n, out, size * c))
    for idx in range(size):
        col[:, :, idx * c:(idx + 1) * c] = img[:, :, idx:idx + out].transpose(0, 2, 1)
    return col


def backprop(x, u, v, t):
    f, c, k = u.shape
    flat = lambda w: w.transpose(2, 1, 0).reshape(-1, w.shape[0])
    cx = columns(x, k)
    h = np.tanh((cx @ flat(u)).transpose(0, 2, 1))
    ch = columns(h, k)
    y = (ch @ flat(v)).transpose(0, 2, 1)
    dy = (2 / len(x)) * (y - t).transpose(0, 2, 1)
    dv = np.tensordot(ch, dy, axes=([0, 1], [0, 1]))
    dcol = dy @ flat(v).T
    dh = np.zeros_like(h)
    for idx in range(k):
        dh[:, :, idx:idx + y.shape[2]] += dcol[:, :, idx * c:(idx + 1) * c].transpose(0, 2, 1)
    dz = (dh * (1 - h * h)).transpose(0, 2, 1)
    du = np.tensordot(cx, dz, axes=([0, 1], [0, 1]))
    du = du.reshape(k, c, f).transpose(2, 1, 0)
    dv = dv.reshape(c, k, f).transpose(2, 0, 1)
    return du, dv

"""Conv input of the wrong channel.

expected kind: wrong-axis or reversed or wrong-point or wrong-shape
wrong line: 81
correction 81: dx_pad[n, :, h : h + 3, w : w + 3] += dout[n, f, i, j] * W[f]
what: What goes to the input is put at other channels than those it comes from
source: https://github.com/NervanaSystems/neon/issues/111
said: The index of the channel should be another one
"""

import numpy as np

PARAMETERS = ["x", "W", "b"]


STRIDE, PAD = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 5, 5)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(2, 3, 3, 3))


def conv(x, W, b):
    N, F, H = x.shape[0], W.shape[0], (x.shape[2] + 2 * PAD - 3) // STRIDE + 1
    xp = np.pad(x, ((0, 0), (0, 0), (PAD, PAD), (PAD, PAD)))
    out = np.zeros((N, F, H, H))
    for i in range(H):
        for j in range(H):
            window = xp[:, :, i * STRIDE : i * STRIDE + 3, j * STRIDE : j * STRIDE + 3]
            out[:, :, i, j] = np.einsum("nchw,fchw->nf", window, W) + b
    return out


def loss(x, W, b, t):
    return np.sum((np.tanh(conv(x, W, b)) - t) ** 2) / len(x)


def unfold(x):
    xp = np.pad(x, ((0, 0), (0, 0), (PAD, PAD), (PAD, PAD)))
    starts = range(0, xp.shape[2] - 2, STRIDE)
    return np.array([[xp[:, :, i : i + 3, j : j + 3].reshape(len(x), -1) for j in starts] for i in starts])


def fold(dcols, shape):
    dxp = np.zeros((shape[0], shape[1], shape[2] + 2 * PAD, shape[3] + 2 * PAD))
    for i in range(dcols.shape[0]):
        for j in range(dcols.shape[1]):
            block = dcols[i, j].reshape(shape[0], shape[1], 3, 3)
            dxp[:, :, i * STRIDE : i * STRIDE + 3, j * STRIDE : j * STRIDE + 3] += block
    return dxp[:, :, PAD:-PAD, PAD:-PAD]


def right(x, W, b, t):
    cols = unfold(x)
    W_row = W.reshape(len(W), -1)
    a = np.tanh(cols @ W_row.T + b)
    target = t.transpose(2, 3, 0, 1)
    da = 2 * (a - target) / len(x)
    dz = da * (1 - a**2)
    db = dz.sum(axis=(0, 1, 2))
    dW = np.einsum("ijnf,ijnk->fk", dz, cols).reshape(W.shape)
    dcols = dz @ W_row
    dx = fold(dcols, x.shape)
    return dx, dW, db


def backprop(x, W, b, t):
    a = np.tanh(conv(x, W, b))
    dout = 2 * (a - t) / len(x) * (1 - a**2)
    N, F, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (PAD, PAD), (PAD, PAD)))
    dx_pad, dW, db = np.zeros_like(x_pad), np.zeros_like(W), np.zeros_like(b)
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    h, w = i * STRIDE, j * STRIDE
                    db[f] += dout[n, f, i, j]
                    dW[f] += dout[n, f, i, j] * x_pad[n, :, h : h + 3, w : w + 3]
                    dx_pad[n, :, h : h + 3, w : w + 3] += dout[n, f, i, j] * W[f, ::-1]
    dx = dx_pad[:, :, PAD:-PAD, PAD:-PAD]
    return dx, dW, db

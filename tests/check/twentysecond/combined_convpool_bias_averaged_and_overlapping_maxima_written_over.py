"""Combined convpool bias averaged and overlapping maxima written over.

expected kind: mean-for-sum + missing-term or missing-sum
wrong line: 94 and 106
correction 94: gb = grad.sum(axis=(0, 2, 3))
correction 106: out[:, :, i : i + 2, j : j + 2] += hit * grad[:, :, i : i + 1, j : j + 1]
what: The bias is given the mean of its errors; windows of the pooling overlap, and the later one replaces what the earlier left
source: https://github.com/deeplearningzerotoall/PyTorch/issues/40
said: why is the mean applied to the gradient of the bias only? The other mistake is made up
"""

import numpy as np

PARAMETERS = ["x", "w", "b", "v"]
PAD, STRIDE = 1, 2


def data(seed=0):
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=(2, 2, 5, 5)), rng.normal(size=(3, 2, 3, 3))
    return x, w, rng.normal(size=3), rng.normal(size=(3, 2, 2)), rng.normal(size=2)


def loss(x, w, b, v, t):
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    z = b[:, None, None]
    for i in range(3):
        for j in range(3):
            z = z + np.einsum("nchw,fc->nfhw", xp[:, :, i : i + 5 : 2, j : j + 5 : 2], w[:, :, i, j])
    a = np.maximum(z, 0)
    rows = np.maximum(a[:, :, :2], a[:, :, 1:])
    pooled = np.maximum(rows[:, :, :, :2], rows[:, :, :, 1:])
    return 0.5 * np.sum((np.sum(pooled * v, axis=(1, 2, 3)) - t) ** 2)


def conv_forward_naive(x, w, b):
    xp = np.pad(x, ((0, 0), (0, 0), (PAD, PAD), (PAD, PAD)))
    side = 1 + (x.shape[2] + 2 * PAD - w.shape[2]) // STRIDE
    out = np.zeros((len(x), len(w), side, side))
    for n, f, i, j in np.ndindex(out.shape):
        field = xp[n, :, i * STRIDE : i * STRIDE + 3, j * STRIDE : j * STRIDE + 3]
        out[n, f, i, j] = np.sum(field * w[f]) + b[f]
    return out, xp


def conv_backward_naive(dout, xp, w):
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros(len(w))
    for n, f, i, j in np.ndindex(dout.shape):
        top, left, g = i * STRIDE, j * STRIDE, dout[n, f, i, j]
        dw[f] += g * xp[n, :, top : top + 3, left : left + 3]
        db[f] += g
        dxp[n, :, top : top + 3, left : left + 3] += g * w[f]
    return dxp[:, :, PAD:-PAD, PAD:-PAD], dw, db


def right(x, w, b, v, t):
    z, xp = conv_forward_naive(x, w, b)
    a = np.maximum(z, 0)
    pooled, winner = np.zeros((len(x), len(w), 2, 2)), {}
    for n, f, i, j in np.ndindex(pooled.shape):
        r, c = np.unravel_index(np.argmax(a[n, f, i : i + 2, j : j + 2]), (2, 2))
        winner[n, f, i, j] = n, f, i + r, j + c
        pooled[n, f, i, j] = a[winner[n, f, i, j]]
    err = (pooled * v).sum(axis=(1, 2, 3)) - t
    dv, da = np.zeros_like(v), np.zeros_like(a)
    for (n, *place), where in winner.items():
        dv[tuple(place)] += err[n] * a[where]
        da[where] += err[n] * v[tuple(place)]
    dx, dw, db = conv_backward_naive(da * (z > 0), xp, w)
    return dx, dw, db, dv


def layer(w, b):
    """Return forward and backward of the convolution as closures."""
    saved = {}

    def windows():
        for i, j in np.ndindex(3, 3):
            yield i, j, np.s_[:, :, i * STRIDE : i * STRIDE + 3, j * STRIDE : j * STRIDE + 3]

    def forward(x):
        saved["xp"] = np.pad(x, [(0, 0), (0, 0), (PAD, PAD), (PAD, PAD)])
        saved["z"] = z = np.empty((len(x), len(w), 3, 3))
        for i, j, part in windows():
            z[:, :, i, j] = np.tensordot(saved["xp"][part], w, axes=([1, 2, 3], [1, 2, 3])) + b
        return z * (z > 0)

    def backward(grad):
        grad = np.where(saved["z"] > 0, grad, 0)
        gx, gw = np.zeros(saved["xp"].shape), np.zeros(w.shape)
        for i, j, part in windows():
            gx[part] += np.einsum("nf,fchw->nchw", grad[:, :, i, j], w)
            gw += np.einsum("nf,nchw->fchw", grad[:, :, i, j], saved["xp"][part])
        gb = grad.mean(axis=(0, 2, 3))
        return gx[:, :, PAD:-PAD, PAD:-PAD], gw, gb

    return forward, backward


def spread(grad, a):
    """Lead the gradient of overlapping maxima back to where they were found."""
    out = np.zeros(a.shape)
    for i, j in np.ndindex(2, 2):
        part = a[:, :, i : i + 2, j : j + 2]
        hit = np.eye(4)[part.reshape(2, 3, 4).argmax(axis=2)].reshape(part.shape)
        out[:, :, i : i + 2, j : j + 2] = hit * grad[:, :, i : i + 1, j : j + 1]
    return out


def backprop(x, w, b, v, t):
    forward, backward = layer(w, b)
    a = forward(x)
    pooled = np.stack([a[:, :, i : i + 2, j : j + 2] for i in (0, 1) for j in (0, 1)]).max(axis=0)
    err = np.einsum("nfij,fij->n", pooled, v) - t
    dx, dw, db = backward(spread(np.einsum("n,fij->nfij", err, v), a))
    return dx, dw, db, np.einsum("n,nfij->fij", err, pooled)

"""Dolphin filters get their slopes back to front.

expected kind: reversed
wrong line: 82
correction 82: dfilters[o, c, k] += dout[o, p] * x[c, p + k]
what: The gradient of the filters is in reverse, as if they had been flipped
source: https://github.com/FluxML/NNlib.jl/issues/518
said: one way to the gradient of the filter of a convolution gave it in the reverse order of the other, where flipping came in
"""

import numpy as np

PARAMETERS = ["A", "B", "v"]
K = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    # five whistles of ten samples; is it a dolphin that is known?
    A, B, v = r.normal(size=(2, K)), 0.7 * r.normal(size=(3, 2, K)), r.normal(size=9)
    return A, B, v, r.normal(size=(5, 10)), r.integers(0, 2, size=5)


def loss(A, B, v, whistles, known):
    total = 0.0
    for x, y in zip(whistles, known):
        h = np.tanh(sum(A[:, k : k + 1] * x[k : k + 8] for k in range(K)))
        z = sum(B[:, :, k] @ h[:, k : k + 6] for k in range(K))
        s = v @ np.max(z.reshape(3, 3, 2), axis=2).reshape(9)
        total = total + np.log(1 + np.exp(-s if y else s))
    return total / len(whistles)


def windows(x):
    """x: N, C, L. Return N, L - K + 1, C * K."""
    P = x.shape[2] - K + 1
    return np.concatenate([x[:, :, p : p + K].reshape(len(x), 1, -1) for p in range(P)], axis=1)


def fold(dcol, shape):
    """The way back: what the windows get, gathered where it came from."""
    N, C, L = shape
    dx = np.zeros(shape)
    for p in range(dcol.shape[1]):
        dx[:, :, p : p + K] += dcol[:, p].reshape(N, C, K)
    return dx


def right(A, B, v, whistles, known):
    N = len(whistles)
    col1 = windows(whistles[:, None, :])
    h = np.tanh(col1 @ A.T).transpose(0, 2, 1)
    col2 = windows(h)
    flatB = B.reshape(3, 2 * K)
    z = (col2 @ flatB.T).transpose(0, 2, 1).reshape(N, 3, 3, 2)
    where = z.argmax(axis=3)[..., None]
    pooled = np.take_along_axis(z, where, axis=3).reshape(N, 9)
    ds = (1 / (1 + np.exp(-pooled @ v)) - known) / N
    dpooled = (ds[:, None] * v).reshape(N, 3, 3, 1)
    dz = np.zeros(z.shape)
    np.put_along_axis(dz, where, dpooled, axis=3)
    dz = dz.reshape(N, 3, 6).transpose(0, 2, 1)
    dB = np.tensordot(dz, col2, axes=([0, 1], [0, 1])).reshape(B.shape)
    dh = fold(dz @ flatB, h.shape)
    da = (dh * (1 - h * h)).transpose(0, 2, 1)
    dA = np.tensordot(da, col1, axes=([0, 1], [0, 1]))
    return dA, dB, pooled.T @ ds


def slide(filters, x):
    """All filters along all channels: out[o, p] = sum of filters[o, c, k] * x[c, p + k]."""
    out = np.zeros((len(filters), x.shape[1] - K + 1))
    for o, c, k in np.ndindex(filters.shape):
        out[o] += filters[o, c, k] * x[c, k : k + out.shape[1]]
    return out


def slide_back(dout, filters, x):
    dfilters, dx = np.zeros_like(filters), np.zeros_like(x)
    for o, c, k in np.ndindex(filters.shape):
        for p in range(dout.shape[1]):
            dfilters[o, c, k] += dout[o, p] * x[c, p + K - 1 - k]
            dx[c, p + k] += dout[o, p] * filters[o, c, k]
    return dfilters, dx


def backprop(A, B, v, whistles, known):
    grads = {"A": np.zeros_like(A), "B": np.zeros_like(B), "v": np.zeros_like(v)}
    first = A[:, None, :]
    for x, y in zip(whistles, known):
        h = np.tanh(slide(first, x[None]))
        z = slide(B, h)
        pooled, dz = np.zeros(9), np.zeros(z.shape)
        best = [2 * j + int(z[o, 2 * j + 1] > z[o, 2 * j]) for o in range(3) for j in range(3)]
        for m, p in enumerate(best):
            pooled[m] = z[m // 3, p]
        ds = (1 / (1 + np.exp(-v @ pooled)) - y) / len(known)
        grads["v"] += ds * pooled
        for m, p in enumerate(best):
            dz[m // 3, p] = ds * v[m]
        dB, dh = slide_back(dz, B, h)
        dfirst, _ = slide_back(dh * (1 - h**2), first, x[None])
        grads["A"] += dfirst[:, 0]
        grads["B"] += dB
    return grads

"""The input's gradient is written to the filter's index.

expected kind: wrong-axis or swapped-operands
wrong line: 56
correction 56: dx[n, d, i:i + kh, j:j + kw] += e * w[m, d]
what: the channel's contribution goes to the channel with the filter's number
source: https://github.com/NervanaSystems/neon/issues/111
said: In bprop_conv the array is indexed by m in the first axis where it has to be d; the maintainers
    confirmed it.
"""

import numpy as np

PARAMETERS = ["x", "w", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 3, 5, 4)), r.normal(size=(2, 3, 3, 2)), r.normal(size=2), r.normal(size=(2, 2, 3, 3))]


def loss(x, w, b, t):
    total = 0.0
    for i in range(3):
        for j in range(3):
            out = np.einsum("ncab,fcab->nf", x[:, :, i : i + 3, j : j + 2], w) + b
            total = total + np.sum((np.tanh(out) - t[:, :, i, j]) ** 2)
    return total


def right(x, w, b, t):
    win = np.lib.stride_tricks.sliding_window_view(x, (3, 2), axis=(2, 3))
    y = np.tanh(np.einsum("ncijab,fcab->nfij", win, w) + b[:, None, None])
    g = 2 * (y - t) * (1 - y * y)
    dx = np.zeros_like(x)
    for a in range(3):
        for c in range(2):
            dx[:, :, a : a + 3, c : c + 3] += np.einsum("nfij,fc->ncij", g, w[:, :, a, c])
    return dx, np.einsum("nfij,ncijab->fcab", g, win), g.sum((0, 2, 3))


def backprop(x, w, b, t):
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(N):
        for m in range(F):
            for i in range(H - kh + 1):
                for j in range(W - kw + 1):
                    patch = x[n, :, i:i + kh, j:j + kw]
                    o = np.tanh((patch * w[m]).sum() + b[m])
                    e = 2 * (o - t[n, m, i, j]) * (1 - o ** 2)
                    db[m] += e
                    dw[m] += e * patch
                    for d in range(C):
                        dx[n, m, i:i + kh, j:j + kw] += e * w[m, d]
    return dx, dw, db

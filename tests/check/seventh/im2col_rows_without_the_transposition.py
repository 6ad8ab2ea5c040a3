"""Im2col rows without the transposition.

expected kind: transpose or wrong-shape
wrong line: 73 or 74
correction 73: dout_rows = dout.reshape(N, F, -1).transpose(0, 2, 1).reshape(-1, F)
correction 74: dw = (dout.transpose(1, 0, 2, 3).reshape(F, -1) @ cols.reshape(-1, cols.shape[2])).reshape(w.shape)
what: The gradient of the maps is flattened into rows while its filters are still the second axis: the right shape,
    the elements in another order
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["w", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(12, 2)), r.normal(size=(3, 2, 6, 6)), r.normal(size=(3, 2))


def conv(x, w, b):
    view = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
    return np.einsum("nchwij,fcij->nfhw", view, w) + b[:, None, None]


def loss(w, b, v, x, y):
    a = np.maximum(conv(x, w, b), 0)
    pooled = np.maximum(np.maximum(a[:, :, ::2, ::2], a[:, :, 1::2, ::2]), np.maximum(a[:, :, ::2, 1::2], a[:, :, 1::2, 1::2]))
    return np.sum((pooled.reshape(len(x), -1) @ v - y) ** 2) / len(x)


def right(w, b, v, x, y):
    z = conv(x, w, b)
    N, F = z.shape[:2]
    blocks = z.reshape(N, F, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, F, 2, 2, 4)
    top = blocks.max(-1)
    p = np.maximum(top, 0).reshape(N, -1)
    e = 2 * (p @ v - y) / N
    g = (e @ v.T).reshape(top.shape) * (top > 0)
    dz = (g[..., None] * (np.arange(4) == blocks.argmax(-1)[..., None])).reshape(N, F, 2, 2, 2, 2)
    dz = dz.transpose(0, 1, 2, 4, 3, 5).reshape(z.shape)
    view = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))
    return np.einsum("nfhw,nchwij->fcij", dz, view), dz.sum((0, 2, 3)), p.T @ e


def im2col(x, k):
    N, C, H, W = x.shape
    cols = []
    for i in range(H - k + 1):
        for j in range(W - k + 1):
            cols.append(x[:, :, i : i + k, j : j + k].reshape(N, -1))
    return np.stack(cols, axis=1)


def backprop(w, b, v, x, y):
    N, F = x.shape[0], w.shape[0]
    cols = im2col(x, 3)
    out = cols @ w.reshape(F, -1).T + b
    out = out.transpose(0, 2, 1).reshape(N, F, 4, 4)
    act = np.maximum(0, out)
    windows = act.reshape(N, F, 2, 2, 2, 2)
    pool = windows.max(axis=3).max(axis=4)
    flat = pool.reshape(N, -1)
    dscores = 2 * (flat @ v - y) / N
    dv = flat.T @ dscores
    dpool = (dscores @ v.T).reshape(pool.shape)
    mask = windows == pool[:, :, :, None, :, None]
    dact = (mask * dpool[:, :, :, None, :, None]).reshape(act.shape)
    dout = dact * (out > 0)
    db = dout.sum(axis=(0, 2, 3))
    dout_rows = dout.reshape(-1, F)
    dw = (dout_rows.T @ cols.reshape(-1, cols.shape[2])).reshape(w.shape)
    return dw, db, dv

"""Arrays convgap bias of the examples as a mean.

expected kind: mean-for-sum or scale
wrong line: 92
correction 92: db[f] += g
given as: arrays
what: The bias has the mean over the batch of what is to be summed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b", "W"]
STRIDE, PAD = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(3, 2)), r.normal(size=(2, 2, 5, 5)), np.array([1, 0])


def loss(K, b, W, x, y):
    xp = np.pad(x, ((0, 0), (0, 0), (PAD, PAD), (PAD, PAD)))
    z = b[:, None, None]
    for i in range(3):
        for j in range(3):
            z = z + np.einsum("nchw,oc->nohw", xp[:, :, i : i + 5 : STRIDE, j : j + 5 : STRIDE], K[:, :, i, j])
    pooled = np.mean(np.maximum(z, 0), axis=(2, 3))
    s = pooled @ W
    logp = s - np.log(np.sum(np.exp(s), axis=1, keepdims=True))
    return -np.mean(logp[np.arange(len(y)), y])


def im2col(x, k):
    x = np.pad(x, [(0, 0), (0, 0), (PAD, PAD), (PAD, PAD)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::STRIDE, ::STRIDE]
    n, c, h, w = windows.shape[:4]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * h * w, c * k * k), (n, h, w)


class GlobalAveragePool:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(x.shape[0], -1, x.shape[3]).mean(axis=1)

    def backward(self, grad):
        n, h, w, c = self.shape
        return np.repeat(grad[:, None, :], h * w, axis=1).reshape(self.shape) / (h * w)


def right(K, b, W, x, y):
    cols, (n, h, w) = im2col(x, K.shape[2])
    z = (cols @ K.reshape(len(K), -1).T + b).reshape(n, h, w, -1)
    gap = GlobalAveragePool()
    pooled = gap.forward(np.maximum(z, 0))
    logits = pooled @ W
    d = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
    d[np.arange(n), y] -= 1.0
    d /= n
    dz = gap.backward(d @ W.T)
    dz[z <= 0] = 0
    flat = dz.reshape(-1, len(K))
    dK = (flat.T @ cols).reshape(K.shape)
    return dK, flat.sum(axis=0), pooled.T @ d


def conv_forward_naive(x, w, b):
    N, C, H, W_ = x.shape
    F, _, HH, WW = w.shape
    xpad = np.pad(x, ((0,), (0,), (PAD,), (PAD,)), mode="constant")
    Ho, Wo = 1 + (H + 2 * PAD - HH) // STRIDE, 1 + (W_ + 2 * PAD - WW) // STRIDE
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    window = xpad[n, :, i * STRIDE : i * STRIDE + HH, j * STRIDE : j * STRIDE + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, xpad


def conv_backward_naive(dout, xpad, w):
    F, _, HH, WW = w.shape
    dw, db = np.zeros_like(w), np.zeros(F)
    N, _, Ho, Wo = dout.shape
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    g = dout[n, f, i, j]
                    db[f] += g / N
                    dw[f] += g * xpad[n, :, i * STRIDE : i * STRIDE + HH, j * STRIDE : j * STRIDE + WW]
    return dw, db


def backprop(K, b, W, x, y):
    z, xpad = conv_forward_naive(x, K, b)
    a = np.maximum(z, 0)
    N, F, H, Wd = a.shape
    pooled = a.mean(axis=(2, 3))
    e = np.exp(pooled @ W)
    dscores = (e / e.sum(axis=1, keepdims=True) - np.eye(W.shape[1])[y]) / N
    dW = pooled.T @ dscores
    dpooled = dscores @ W.T
    da = np.ones_like(a) * dpooled[:, :, None, None] / (H * Wd)
    dz = da * (z > 0)
    dK, db = conv_backward_naive(dz, xpad, K)
    return dK, db, dW

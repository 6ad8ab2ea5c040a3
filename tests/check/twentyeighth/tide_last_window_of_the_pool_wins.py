"""Tide last window of the pool wins.

expected kind: missing-term or missing-sum
wrong line: 94
correction 94: da[:, :, p : p + POOL] += dpooled[:, :, p, None] / POOL
what: The windows of the pool overlap, but a step gets the gradient of the last one only
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b", "V", "c"]
STRIDE, DILATION, POOL = 2, 3, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    # gauges of water levels: what will be the next high water?
    n, gauges, hours, filters, taps = 5, 2, 14, 3, 3
    out = (hours - (taps - 1) * DILATION - 1) // STRIDE + 1
    K, V = r.normal(size=(filters, gauges, taps)), r.normal(size=(filters, out - POOL + 1))
    return K, 0.3 * r.normal(size=filters), V, r.normal(size=1), r.normal(size=(n, gauges, hours)), r.normal(size=n)


def loss(K, b, V, c, level, high):
    taps = K.shape[2]
    out = (level.shape[2] - (taps - 1) * DILATION - 1) // STRIDE + 1
    z = []
    for t in range(out):
        first = t * STRIDE
        seen = level[:, :, first : first + (taps - 1) * DILATION + 1 : DILATION]
        z.append(np.sum(seen[:, None] * K, axis=(2, 3)) + b)
    a = np.tanh(np.stack(z, axis=2))
    pooled = np.stack([np.mean(a[:, :, p : p + POOL], axis=2) for p in range(out - POOL + 1)], axis=2)
    e = np.sum(pooled * V, axis=(1, 2)) + c[0] - high
    return 0.5 * np.mean(e**2)


def forecast(K, b, V, c, level):
    n, gauges, hours = level.shape
    filters, _, taps = K.shape
    out = (hours - (taps - 1) * DILATION - 1) // STRIDE + 1
    a = np.zeros((n, filters, out))
    for t in range(out):
        for j in range(taps):
            a[:, :, t] += level[:, :, t * STRIDE + j * DILATION] @ K[:, :, j].T
    a = np.tanh(a + b[:, None])
    pooled = np.zeros((n,) + V.shape)
    for p in range(V.shape[1]):
        pooled[:, :, p] = a[:, :, p : p + POOL].mean(axis=2)
    return a, pooled, np.tensordot(pooled, V, 2) + c


def right(K, b, V, c, level, high):
    a, pooled, guess = forecast(K, b, V, c, level)
    n, filters, out = a.shape
    taps = K.shape[2]
    dK, db, dV, dc = np.zeros(K.shape), np.zeros(b.shape), np.zeros(V.shape), np.zeros(1)
    for i in range(n):
        e = (guess[i] - high[i]) / n
        dV += e * pooled[i]
        dc += e
        for f in range(filters):
            for t in range(out):
                # every window of the pool that has this step in it
                da = 0.0
                for p in range(max(0, t - POOL + 1), min(t, V.shape[1] - 1) + 1):
                    da += e * V[f, p] / POOL
                dz = da * (1 - a[i, f, t] ** 2)
                db[f] += dz
                for j in range(taps):
                    dK[f, :, j] += dz * level[i, :, t * STRIDE + j * DILATION]
    return dK, db, dV, dc


class Tide:
    def __init__(self, K, b, V, c):
        self.K, self.b, self.V, self.c = K, b, V, c

    def __call__(self, level):
        taps = np.arange(self.K.shape[2]) * DILATION
        steps = np.arange(0, level.shape[2] - taps[-1], STRIDE)
        self.columns = level[:, :, steps[:, None] + taps]
        self.a = np.tanh(np.einsum("ngtk,fgk->nft", self.columns, self.K) + self.b[None, :, None])
        self.windows = self.a.shape[2] - POOL + 1
        running = np.cumsum(np.pad(self.a, ((0, 0), (0, 0), (1, 0))), axis=2)
        self.pooled = (running[:, :, POOL:] - running[:, :, :-POOL]) / POOL
        return np.einsum("nfp,fp->n", self.pooled, self.V) + self.c

    def pool_back(self, dpooled):
        da = np.zeros_like(self.a)
        for p in range(self.windows):
            da[:, :, p : p + POOL] = dpooled[:, :, p, None] / POOL
        return da

    def gradients(self, de):
        dV = np.einsum("n,nfp->fp", de, self.pooled)
        da = self.pool_back(np.einsum("n,fp->nfp", de, self.V))
        dz = da * (1 - self.a * self.a)
        dK = np.einsum("nft,ngtk->fgk", dz, self.columns)
        return {"K": dK, "b": dz.sum(axis=(0, 2)), "V": dV, "c": de.sum(keepdims=True)}


def backprop(K, b, V, c, level, high):
    model = Tide(K, b, V, c)
    return model.gradients((model(level) - high) / len(high))

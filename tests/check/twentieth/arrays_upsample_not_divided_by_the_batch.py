"""Arrays upsample not divided by the batch.

expected kind: sum-for-mean or scale
wrong line: 89
correction 89: dpred = (pred - y) / N
given as: arrays
what: The loss is a mean over the batch, its gradient isn't divided
source: https://github.com/jxgu1016/MNIST_center_loss_pytorch/issues/9
said: the gradient isn't divided by the size of the batch
"""

import numpy as np

PARAMETERS = ["A", "w", "b", "V"]
STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    A, w, b, V = r.normal(size=(3, 8)), r.normal(size=(2, 3, 3)), 0.3 * r.normal(size=3), 0.5 * r.normal(size=(27, 2))
    return A, w, b, V, r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(A, w, b, V, x, y):
    N, (C, F, K) = len(x), w.shape
    h = np.tanh(x @ A).reshape(N, C, -1)
    L = h.shape[2]
    length = STRIDE * (L - 1) + K
    place = np.arange(length) == STRIDE * np.arange(L)[:, None, None] + np.arange(K)[:, None]
    u = np.einsum("ncl,cfk,lkm->nfm", h, w, place.astype(float)) + b[:, None]
    return 0.5 * np.sum((np.tanh(u).reshape(N, -1) @ V - y) ** 2) / N


class Upsample1D:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, h):
        self.h = h
        L, K = h.shape[2], self.w.shape[2]
        out = np.zeros((len(h), len(self.b), STRIDE * (L - 1) + K))
        for k in range(K):
            out[:, :, k : k + STRIDE * (L - 1) + 1 : STRIDE] += np.einsum("ncl,cf->nfl", h, self.w[:, :, k])
        return out + self.b[:, None]

    def backward(self, dout):
        L, K = self.h.shape[2], self.w.shape[2]
        windows = dout[:, :, STRIDE * np.arange(L)[:, None] + np.arange(K)]
        self.dw = np.einsum("ncl,nflk->cfk", self.h, windows)
        self.db = np.einsum("nfl->f", dout)
        return np.einsum("nflk,cfk->ncl", windows, self.w)


def right(A, w, b, V, x, y):
    batch = len(x)
    code = np.tanh(x @ A)
    layer = Upsample1D(w, b)
    signal = np.tanh(layer.forward(code.reshape(batch, len(w), -1)))
    features = signal.reshape(batch, -1)
    error = (features @ V - y) / batch
    dV = features.T @ error
    dsignal = (error @ V.T).reshape(signal.shape)
    dcode = layer.backward(dsignal * (1 - signal**2)).reshape(batch, -1)
    dA = x.T @ (dcode * (1 - code**2))
    return {"A": dA, "w": layer.dw, "b": layer.db, "V": dV}


def conv_transpose(h, w, b):
    N, C, L = h.shape
    F, K = w.shape[1:]
    out = np.zeros((N, F, STRIDE * (L - 1) + K))
    for l in range(L):
        for k in range(K):
            out[:, :, STRIDE * l + k] += h[:, :, l] @ w[:, :, k]
    return out + b[None, :, None]


def backprop(A, w, b, V, x, y):
    N = x.shape[0]
    C, F, K = w.shape
    z = np.dot(x, A)
    a = np.tanh(z)
    h = a.reshape(N, C, -1)
    u = conv_transpose(h, w, b)
    t = np.tanh(u)
    flat = t.reshape(N, -1)
    pred = np.dot(flat, V)

    dpred = pred - y
    dV = np.dot(flat.T, dpred)
    dt = np.dot(dpred, V.T).reshape(t.shape)
    du = dt * (1 - t * t)
    db = np.zeros_like(b)
    for f in range(F):
        db[f] = np.sum(du[:, f])
    dw = np.zeros_like(w)
    dh = np.zeros_like(h)
    for l in range(h.shape[2]):
        for k in range(K):
            d = du[:, :, STRIDE * l + k]
            dw[:, :, k] += np.dot(h[:, :, l].T, d)
            dh[:, :, l] += np.dot(d, w[:, :, k].T)
    da = dh.reshape(N, -1)
    dz = da * (1 - a * a)
    dA = np.dot(x.T, dz)
    return dA, dw, db, dV

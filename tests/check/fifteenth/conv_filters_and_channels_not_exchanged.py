"""Conv filters and channels not exchanged.

expected kind: transpose
wrong line: 111 or 112
correction 111: turned = self.K[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
correction 112: return correlate(padded, turned.transpose(1, 0, 2, 3), np.zeros(turned.shape[1]))
what: On the way back filters are read as channels and channels as filters
source: https://github.com/NervanaSystems/neon/issues/111
said: the gradient of the input is written at the index of the map instead of that of the channel
"""

import numpy as np

PARAMETERS = ["K1", "c1", "K2", "c2", "W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(2, 1, 3, 3), (2,), (2, 2, 2, 2), (2,), (8, 2), (2,), (2, 1, 5, 5), (2, 2)]
    return tuple(r.normal(size=s) for s in shapes)


def correlate(X, K, c):
    size = K.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows, K) + c[:, None, None]


def loss(K1, c1, K2, c2, W, b, X, Y):
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)))
    A1 = np.tanh(correlate(padded, K1, c1))
    A2 = correlate(A1, K2, c2)
    pooled = A2.reshape(len(X), 2, 2, 2, 2, 2).max(axis=(3, 5))
    return 0.5 * np.sum((pooled.reshape(len(X), -1) @ W + b - Y) ** 2)


def conv_forward_naive(x, w, b, pad):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    H_out, W_out = H + 2 * pad - HH + 1, W + 2 * pad - WW + 1
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    out[n, f, i, j] = np.sum(x_pad[n, :, i : i + HH, j : j + WW] * w[f]) + b[f]
    return out, (x_pad, w, pad)


def conv_backward_naive(dout, cache):
    x_pad, w, pad = cache
    N, F, H_out, W_out = dout.shape
    _, _, HH, WW = w.shape
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    dw[f] += x_pad[n, :, i : i + HH, j : j + WW] * dout[n, f, i, j]
                    dx_pad[n, :, i : i + HH, j : j + WW] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, pad : dx_pad.shape[2] - pad, pad : dx_pad.shape[3] - pad]
    return dx, dw, db


def pool_forward(x):
    return np.maximum.reduce([x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)])


def pool_backward(dout, x, out):
    dx = np.zeros_like(x)
    for i in (0, 1):
        for j in (0, 1):
            dx[:, :, i::2, j::2] = dout * (x[:, :, i::2, j::2] == out)
    return dx


def right(K1, c1, K2, c2, W, b, X, Y):
    z1, cache1 = conv_forward_naive(X, K1, c1, 1)
    a1 = np.tanh(z1)
    z2, cache2 = conv_forward_naive(a1, K2, c2, 0)
    pooled = pool_forward(z2)
    flat = pooled.reshape(X.shape[0], -1)
    dscores = flat.dot(W) + b - Y
    grads = {"W": flat.T.dot(dscores), "b": dscores.sum(axis=0)}
    dpooled = dscores.dot(W.T).reshape(pooled.shape)
    dz2 = pool_backward(dpooled, z2, pooled)
    da1, grads["K2"], grads["c2"] = conv_backward_naive(dz2, cache2)
    dz1 = da1 * (1 - a1**2)
    _, grads["K1"], grads["c1"] = conv_backward_naive(dz1, cache1)
    return grads


class Conv:
    def __init__(self, K, c):
        self.K, self.c = K, c

    def forward(self, X):
        size = self.K.shape[2]
        self.windows = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))
        return correlate(X, self.K, self.c)

    def backward(self, dout):
        size = self.K.shape[2]
        self.dK = np.einsum("nfhw,nchwij->fcij", dout, self.windows)
        self.dc = np.einsum("nfhw->f", dout)
        border = size - 1
        padded = np.pad(dout, ((0, 0), (0, 0), (border, border), (border, border)))
        turned = self.K[:, :, ::-1, ::-1]
        return correlate(padded, turned, np.zeros(len(turned)))


def pool_gradient(dP, Z):
    dZ = np.zeros_like(Z)
    N, F, H, W = dP.shape
    for n in range(N):
        for f in range(F):
            for h in range(H):
                for w in range(W):
                    patch = Z[n, f, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2]
                    i, j = np.unravel_index(np.argmax(patch), patch.shape)
                    dZ[n, f, 2 * h + i, 2 * w + j] += dP[n, f, h, w]
    return dZ


def backprop(K1, c1, K2, c2, W, b, X, Y):
    first, second = Conv(K1, c1), Conv(K2, c2)
    A1 = np.tanh(first.forward(np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)))))
    Z2 = second.forward(A1)
    P = Z2.reshape(len(X), 2, 2, 2, 2, 2).max(axis=(3, 5))
    features = P.reshape(len(X), -1)
    dscores = features @ W + b - Y
    dW = features.T @ dscores
    db = np.sum(dscores, axis=0)
    dP = (dscores @ W.T).reshape(P.shape)
    dA1 = second.backward(pool_gradient(dP, Z2))
    first.backward(dA1 * (1 - A1**2))
    return first.dK, first.dc, second.dK, second.dc, dW, db

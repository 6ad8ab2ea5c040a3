"""Conv columns read in another order.

expected kind: transpose or wrong-shape or swapped-operands
wrong line: 80
correction 80: x[:, :, i : i + k, j : j + k] += cols[:, at].reshape(N, C, k, k)
what: The columns are put back as if the channels came last
source: https://github.com/ravin-d-27/PyDeepFlow/issues/84
said: the columns are indexed in the wrong order, so that outputs and gradients are wrong
"""

import numpy as np

PARAMETERS = ["w1", "w2"]

PH, PW = 1, 2


def data(seed=0):
    r = np.random.default_rng(seed)
    w1, w2, X, Y = (r.normal(size=s) for s in [(2, 1, 3, 3), (2, 2, 3, 3), (2, 1, 4, 3), (2, 2, 4, 7)])
    return w1, w2, X, Y


def pad(x):
    return np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)))


def conv(x, w):
    x, (K, L) = pad(x), w.shape[2:]
    H, W = x.shape[2] - K + 1, x.shape[3] - L + 1
    out = 0
    for i in range(K):
        for j in range(L):
            out = out + np.einsum("nchw,fc->nfhw", x[:, :, i : i + H, j : j + W], w[:, :, i, j])
    return out


def loss(w1, w2, X, Y):
    return np.mean((conv(np.tanh(conv(X, w1)), w2) - Y) ** 2)


def conv_backward_naive(dout, x, w):
    N, C, H, W = x.shape
    F, _, K, L = w.shape
    xp = pad(x)
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    window = xp[n, :, i : i + K, j : j + L]
                    dw[f] += window * dout[n, f, i, j]
                    dxp[n, :, i : i + K, j : j + L] += w[f] * dout[n, f, i, j]
    dx = dxp[:, :, PH : PH + H, PW : PW + W]
    return dx, dw


def right(w1, w2, X, Y):
    a1 = np.tanh(conv(X, w1))
    out = conv(a1, w2)
    dout = 2.0 / out.size * (out - Y)
    da1, dw2 = conv_backward_naive(dout, a1, w2)
    dz1 = da1 * (1.0 - a1 * a1)
    _, dw1 = conv_backward_naive(dz1, X, w1)
    return dw1, dw2


def im2col(x, k):
    N, C, H, W = x.shape
    rows = [x[:, :, i : i + k, j : j + k].reshape(N, -1) for i in range(H - k + 1) for j in range(W - k + 1)]
    return np.stack(rows, axis=1)


def col2im(cols, shape, k):
    N, C, H, W = shape
    x = np.zeros(shape)
    at = 0
    for i in range(H - k + 1):
        for j in range(W - k + 1):
            x[:, :, i : i + k, j : j + k] += cols[:, at].reshape(N, k, k, C).transpose(0, 3, 1, 2)
            at += 1
    return x[:, :, PH : H - PH, PW : W - PW]


class Conv:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        x = pad(x)
        self.shape, k = x.shape, self.w.shape[2]
        self.cols = im2col(x, k)
        out = self.cols @ self.w.reshape(len(self.w), -1).T
        H, W = x.shape[2] - k + 1, x.shape[3] - k + 1
        return out.transpose(0, 2, 1).reshape(len(x), len(self.w), H, W)

    def backward(self, dout):
        N, F = dout.shape[:2]
        d = dout.reshape(N, F, -1).transpose(0, 2, 1)
        self.dw = np.tensordot(d, self.cols, axes=([0, 1], [0, 1])).reshape(self.w.shape)
        dcols = d @ self.w.reshape(F, -1)
        return col2im(dcols, self.shape, self.w.shape[2])


def backprop(w1, w2, X, Y):
    first, second = Conv(w1), Conv(w2)
    h = np.tanh(first.forward(X))
    out = second.forward(h)
    dh = second.backward(2 * (out - Y) / Y.size)
    first.backward(dh * (1 - h**2))
    return first.dw, second.dw

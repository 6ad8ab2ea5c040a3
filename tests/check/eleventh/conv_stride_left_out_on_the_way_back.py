"""Conv stride left out on the way back.

expected kind: wrong-point or wrong-shape
wrong line: 101
correction 101: top, left = i * stride, j * stride
what: On the way back the windows lie side by side at every step, whatever the stride is
source: https://github.com/enggen/Deep-Learning-Coursera/issues/7
said: in the backward pass h and w aren't multiplied by the stride; a pull request to another repository mends the same
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(2, 2, 3, 3), 2, (2, 2, 2, 2), 2, (2, 2, 4, 4), (2, 2, 2, 2)]
    return tuple(r.normal(size=s) for s in shapes)


def windows(x, w, b, stride):
    k = w.shape[2]
    view = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,fcij->nfhw", view, w) + b[:, None, None]


def loss(W1, b1, W2, b2, X, Y):
    padded = np.pad(X, ((0, 0), (0, 0), (1, 1), (1, 1)))
    h = np.maximum(0, windows(padded, W1, b1, 1))
    return 0.5 * np.sum((windows(h, W2, b2, 2) - Y) ** 2)


class Conv:
    def __init__(self, kernels, bias, stride=1, padding=0):
        self.kernels, self.bias = kernels, bias
        self.stride, self.padding = stride, padding

    def forward(self, x):
        p, s, k = self.padding, self.stride, self.kernels.shape[-1]
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        size = (self.x.shape[-1] - k) // s + 1
        out = np.zeros((len(x), len(self.kernels), size, size))
        for y in range(size):
            for z in range(size):
                patch = self.x[:, :, y * s : y * s + k, z * s : z * s + k]
                out[:, :, y, z] = np.tensordot(patch, self.kernels, ((1, 2, 3), (1, 2, 3))) + self.bias
        return out

    def backward(self, delta):
        self.d_kernels = np.zeros(self.kernels.shape)
        d_x = np.zeros(self.x.shape)
        k, s = self.kernels.shape[-1], self.stride
        images, maps, rows, columns = delta.shape
        for n, m, y, z in np.ndindex(images, maps, rows, columns):
            for d in range(self.x.shape[1]):
                area = (slice(y * s, y * s + k), slice(z * s, z * s + k))
                self.d_kernels[m, d] += delta[n, m, y, z] * self.x[n, d][area]
                d_x[n, d][area] += delta[n, m, y, z] * self.kernels[m, d]
        self.d_bias = delta.sum(axis=(0, 2, 3))
        p = self.padding
        return d_x[:, :, p:-p, p:-p] if p else d_x


def right(W1, b1, W2, b2, X, Y):
    first, second = Conv(W1, b1, padding=1), Conv(W2, b2, stride=2)
    hidden = np.maximum(first.forward(X), 0)
    delta = second.forward(hidden) - Y
    delta = second.backward(delta)
    first.backward(delta * (hidden > 0))
    return first.d_kernels, first.d_bias, second.d_kernels, second.d_bias


def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    H_out, W_out = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    r, c = i * stride, j * stride
                    out[n, f, i, j] = np.sum(xp[n, :, r : r + HH, c : c + WW] * w[f]) + b[f]
    return out, (xp, w, conv_param)


def conv_backward(dout, cache):
    xp, w, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, F, H_out, W_out = dout.shape
    HH, WW = w.shape[2:]
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros(F)
    for n in range(N):
        for f in range(F):
            db[f] += dout[n, f].sum()
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i, j
                    dw[f] += xp[n, :, top : top + HH, left : left + WW] * dout[n, f, i, j]
                    dxp[n, :, top : top + HH, left : left + WW] += w[f] * dout[n, f, i, j]
    dx = dxp[:, :, pad : dxp.shape[2] - pad, pad : dxp.shape[3] - pad]
    return dx, dw, db


def backprop(W1, b1, W2, b2, X, Y):
    a, cache1 = conv_forward(X, W1, b1, {"stride": 1, "pad": 1})
    h = np.maximum(0, a)
    out, cache2 = conv_forward(h, W2, b2, {"stride": 2, "pad": 0})
    dh, dW2, db2 = conv_backward(out - Y, cache2)
    dh[a < 0] = 0
    _, dW1, db1 = conv_backward(dh, cache1)
    return dW1, db1, dW2, db2

"""A convolution with stride and padding, channels last.

expected kind: wrong-point or wrong-shape or stale-value
wrong line: 56
correction 56: top, left = h * STRIDE, w * STRIDE
what: on the way back the windows start at h and w, not at h * stride and w * stride
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

STRIDE, PAD = 2, 1


def zero_pad(A):
    return np.pad(A, ((0, 0), (PAD, PAD), (PAD, PAD), (0, 0)))


def forward(A_prev, W, b):
    f = W.shape[0]
    n_H, n_W = ((A_prev.shape[k] + 2 * PAD - f) // STRIDE + 1 for k in (1, 2))
    Z, A_pad = np.zeros((len(A_prev), n_H, n_W, W.shape[3])), zero_pad(A_prev)
    for h in range(n_H):
        for w in range(n_W):
            window = A_pad[:, h * STRIDE : h * STRIDE + f, w * STRIDE : w * STRIDE + f, :]
            Z[:, h, w, :] = np.tensordot(window, W, axes=3) + b.reshape(-1)
    return Z


def loss(A_prev, W, b, T):
    return np.sum((forward(A_prev, W, b) - T) ** 2) / 2


def right(A_prev, W, b, T):
    dZ = forward(A_prev, W, b) - T
    f, A_pad = W.shape[0], zero_pad(A_prev)
    dA_pad, dW, db = np.zeros_like(A_pad), np.zeros_like(W), np.zeros_like(b)
    for i in range(len(A_prev)):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                top, left = h * STRIDE, w * STRIDE
                for c in range(dZ.shape[3]):
                    dA_pad[i, top : top + f, left : left + f, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_pad[i, top : top + f, left : left + f, :] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    return {"A_prev": dA_pad[:, PAD:-PAD, PAD:-PAD, :], "W": dW, "b": db}


def backprop(A_prev, W, b, T):
    dZ = forward(A_prev, W, b) - T
    f, A_pad = W.shape[0], zero_pad(A_prev)
    dA_pad, dW, db = np.zeros_like(A_pad), np.zeros_like(W), np.zeros_like(b)
    for i in range(len(A_prev)):
        for h in range(dZ.shape[1]):
            for w in range(dZ.shape[2]):
                top, left = h, w
                for c in range(dZ.shape[3]):
                    dA_pad[i, top : top + f, left : left + f, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_pad[i, top : top + f, left : left + f, :] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    return {"A_prev": dA_pad[:, PAD:-PAD, PAD:-PAD, :], "W": dW, "b": db}


PARAMETERS = ["A_prev", "W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 5, 5, 2)), r.normal(size=(3, 3, 2, 3)), r.normal(size=(1, 1, 1, 3)), r.normal(size=(2, 3, 3, 3))

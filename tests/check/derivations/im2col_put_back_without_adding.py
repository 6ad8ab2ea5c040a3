"""col2im writes where it should add.

expected kind: missing-sum or missing-term
wrong line: 54
correction 54: img[:, :, s:s + out] += col[:, :, s, :]
what: overlapping windows overwrite each other's gradients
source: https://github.com/hguomin/deep-learning-from-scratch/issues/2
said: A reader asks why col2im has += and not =; the answer: = gives the image, += the gradient.
"""

import numpy as np

PARAMETERS = ["u", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 2, 7)), r.normal(size=(2, 2, 3)), r.normal(size=(2, 2, 3)), r.normal(size=(3, 2, 3))]


def loss(x, u, v, t):
    h = np.tanh(sum(np.einsum("nci,fc->nfi", x[:, :, k : k + 5], u[:, :, k]) for k in range(3)))
    y = sum(np.einsum("nci,fc->nfi", h[:, :, k : k + 3], v[:, :, k]) for k in range(3))
    return np.sum((y - t) ** 2) / 3


def right(x, u, v, t):
    h = np.tanh(sum(np.einsum("nci,fc->nfi", x[:, :, k : k + 5], u[:, :, k]) for k in range(3)))
    g = 2 / 3 * (sum(np.einsum("nci,fc->nfi", h[:, :, k : k + 3], v[:, :, k]) for k in range(3)) - t)
    dh, du, dv = np.zeros_like(h), np.zeros_like(u), np.zeros_like(v)
    for k in range(3):
        dv[:, :, k] = np.einsum("nfi,nci->fc", g, h[:, :, k : k + 3])
        dh[:, :, k : k + 3] += np.einsum("nfi,fc->nci", g, v[:, :, k])
    dz = dh * (1 - h**2)
    for k in range(3):
        du[:, :, k] = np.einsum("nfi,nci->fc", dz, x[:, :, k : k + 5])
    return du, dv


def im2col(img, size):
    out = img.shape[2] - size + 1
    col = np.zeros((img.shape[0], img.shape[1], size, out))
    for s in range(size):
        col[:, :, s, :] = img[:, :, s:s + out]
    return col.transpose(0, 3, 1, 2).reshape(img.shape[0] * out, -1)


def col2im(col, input_shape, size):
    N, C, L = input_shape
    out = L - size + 1
    col = col.reshape(N, out, C, size).transpose(0, 2, 3, 1)
    img = np.zeros(input_shape)
    for s in range(size):
        img[:, :, s:s + out] = col[:, :, s, :]
    return img


class Convolution:
    def __init__(self, W):
        self.W = W

    def forward(self, x):
        FN, C, FL = self.W.shape
        self.x_shape = x.shape
        self.col = im2col(x, FL)
        return np.dot(self.col, self.W.reshape(FN, -1).T).reshape(x.shape[0], -1, FN).transpose(0, 2, 1)

    def backward(self, dout):
        FN, C, FL = self.W.shape
        dout = dout.transpose(0, 2, 1).reshape(-1, FN)
        self.dW = np.dot(self.col.T, dout).transpose(1, 0).reshape(FN, C, FL)
        return col2im(np.dot(dout, self.W.reshape(FN, -1)), self.x_shape, FL)


def backprop(x, u, v, t):
    first, second = Convolution(u), Convolution(v)
    h = np.tanh(first.forward(x))
    y = second.forward(h)
    dh = second.backward(2 * (y - t) / x.shape[0])
    first.backward(dh * (1 - h ** 2))
    return first.dW, second.dW

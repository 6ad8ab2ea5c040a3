"""Arrays upsampling kernel flipped.

expected kind: reversed
wrong line: 91
correction 91: self.dK[:, 2 - i, 2 - j] = np.einsum("hw,chw->c", dout, self.wide[:, i : i + H, j : j + W])
given as: arrays
what: The gradient of the kernels is flipped along both of their axes
source: https://github.com/wuziheng/CNN-Numpy/issues/2
said: why are the weights flipped up and down, left and right, on the way back?
"""

import numpy as np

PARAMETERS = ["Z", "K", "b"]
STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 3, 3)), r.normal(size=(2, 3, 3)), r.normal(size=1), r.normal(size=(7, 7))


def loss(Z, K, b, target):
    C, h, w = Z.shape
    rows = []
    for p in range(STRIDE * (h - 1) + 3):
        for q in range(STRIDE * (w - 1) + 3):
            value = b[0]
            for i in range(h):
                for j in range(w):
                    if 0 <= p - STRIDE * i < 3 and 0 <= q - STRIDE * j < 3:
                        value = value + np.sum(Z[:, i, j] * K[:, p - STRIDE * i, q - STRIDE * j])
            rows.append((np.tanh(value) - target[p, q]) ** 2)
    return sum(rows) / target.size


def conv_transpose(Z, K, b):
    C, h, w = Z.shape
    out = np.full((STRIDE * (h - 1) + 3, STRIDE * (w - 1) + 3), b[0])
    for ch in range(C):
        for i in range(h):
            for j in range(w):
                out[i * STRIDE : i * STRIDE + 3, j * STRIDE : j * STRIDE + 3] += Z[ch, i, j] * K[ch]
    return out


def conv_transpose_backward(dout, Z, K):
    C, h, w = Z.shape
    dZ, dK = np.zeros_like(Z), np.zeros_like(K)
    for ch in range(C):
        for i in range(h):
            for j in range(w):
                window = dout[i * STRIDE : i * STRIDE + 3, j * STRIDE : j * STRIDE + 3]
                dZ[ch, i, j] = np.sum(window * K[ch])
                dK[ch] += Z[ch, i, j] * window
    return dZ, dK, np.array([dout.sum()])


def right(Z, K, b, target):
    image = np.tanh(conv_transpose(Z, K, b))
    dimage = 2 * (image - target) / target.size
    return conv_transpose_backward(dimage * (1 - image**2), Z, K)


class ConvTranspose:
    def __init__(self, K, b, stride):
        self.K, self.b, self.stride = K, b, stride

    def forward(self, Z):
        self.Z = Z
        s, (_, h, w) = self.stride, Z.shape
        # zeros between the elements, then a full convolution
        wide = np.zeros((len(Z), s * (h - 1) + 5, s * (w - 1) + 5))
        wide[:, 2 : 2 + s * h : s, 2 : 2 + s * w : s] = Z
        self.wide = wide
        H, W = s * (h - 1) + 3, s * (w - 1) + 3
        flipped = self.K[:, ::-1, ::-1]
        out = np.zeros((H, W)) + self.b
        for i in range(3):
            for j in range(3):
                out += np.einsum("c,chw->hw", flipped[:, i, j], wide[:, i : i + H, j : j + W])
        return out

    def backward(self, dout):
        s, (H, W) = self.stride, dout.shape
        self.dK = np.zeros_like(self.K)
        dwide = np.zeros_like(self.wide)
        flipped = self.K[:, ::-1, ::-1]
        for i in range(3):
            for j in range(3):
                self.dK[:, i, j] = np.einsum("hw,chw->c", dout, self.wide[:, i : i + H, j : j + W])
                dwide[:, i : i + H, j : j + W] += flipped[:, i, j, None, None] * dout
        self.db = dout.sum(keepdims=True)[0]
        return dwide[:, 2 : 2 + s * self.Z.shape[1] : s, 2 : 2 + s * self.Z.shape[2] : s]


def backprop(Z, K, b, target):
    layer = ConvTranspose(K, b, STRIDE)
    y = np.tanh(layer.forward(Z))
    dZ = layer.backward((1 - y * y) * 2.0 * (y - target) / y.size)
    return dZ, layer.dK, layer.db

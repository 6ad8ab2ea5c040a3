"""Patches errors flattened with the examples first.

expected kind: transpose
wrong line: 105
correction 105: dflat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
what: The errors are made a matrix without moving the maps to the front and the examples to the end
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["image", "K", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    image, K = r.normal(size=(3, 2, 6, 6)), 0.5 * r.normal(size=(3, 2, 3, 3))
    return image, K, 0.3 * r.normal(size=3), r.normal(size=(12, 3)), np.array([2, 0, 1])


def loss(image, K, b, V, labels):
    N, C = image.shape[:2]
    F = K.shape[0]
    windows = [image[:, :, i : i + 4, j : j + 4].reshape(N, C, 1, 16) for i in range(3) for j in range(3)]
    cols = np.concatenate(windows, axis=2).reshape(N, C * 9, 16)
    maps = np.tanh(K.reshape(F, C * 9) @ cols + b.reshape(F, 1))
    pooled = np.mean(maps.reshape(N, F, 2, 2, 2, 2), axis=(3, 5))
    logits = pooled.reshape(N, F * 4) @ V
    right_one = np.sum(logits * np.eye(3)[labels], axis=1)
    return np.mean(np.log(np.sum(np.exp(logits), axis=1)) - right_one)


def im2col(image, size):
    N, C, H, W = image.shape
    out = H - size + 1
    col = np.zeros((N, C, size, size, out, out))
    for y in range(size):
        for x in range(size):
            col[:, :, y, x] = image[:, :, y : y + out, x : x + out]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out * out, -1)


def col2im(col, shape, size):
    N, C, H, W = shape
    out = H - size + 1
    col = col.reshape(N, out, out, C, size, size).transpose(0, 3, 4, 5, 1, 2)
    image = np.zeros(shape)
    for y in range(size):
        for x in range(size):
            image[:, :, y : y + out, x : x + out] += col[:, :, y, x]
    return image


def right(image, K, b, V, labels):
    N, F, size = len(image), len(K), K.shape[2]
    col, col_W = im2col(image, size), K.reshape(F, -1).T
    maps = np.tanh(np.dot(col, col_W) + b).reshape(N, 4, 4, F).transpose(0, 3, 1, 2)
    pooled = maps.reshape(N, F, 2, 2, 2, 2).mean(axis=5).mean(axis=3)
    flat = pooled.reshape(N, -1)
    score = np.exp(np.dot(flat, V))
    dscore = score / score.sum(axis=1, keepdims=True)
    dscore[np.arange(N), labels] -= 1
    dscore /= N
    dV = np.dot(flat.T, dscore)
    dpool = np.dot(dscore, V.T).reshape(N, F, 2, 2)
    dmaps = dpool.repeat(2, axis=2).repeat(2, axis=3) / 4
    dout = (dmaps * (1 - maps**2)).transpose(0, 2, 3, 1).reshape(-1, F)
    db = np.sum(dout, axis=0)
    dK = np.dot(col.T, dout).T.reshape(K.shape)
    dimage = col2im(np.dot(dout, col_W.T), image.shape, size)
    return dimage, dK, db, dV


class ConvTanhPool:
    """Columns are looked up by index; all examples stand in one matrix, the example last."""

    def __init__(self, K, b):
        self.K, self.b = K, b
        F, C, k, _ = K.shape
        self.c = np.repeat(np.arange(C), k * k)[:, None]
        inside = np.tile(np.arange(k * k), C)
        place = np.arange(16)
        self.row = (inside // k)[:, None] + (place // 4)[None]
        self.column = (inside % k)[:, None] + (place % 4)[None]

    def forward(self, image):
        self.shape = image.shape
        N, F = len(image), len(self.K)
        cols = image[:, self.c, self.row, self.column]  # N, C k k, 16
        self.cols = cols.transpose(1, 2, 0).reshape(cols.shape[1], -1)
        flat = self.K.reshape(F, -1) @ self.cols + self.b[:, None]
        self.maps = np.tanh(flat).reshape(F, 4, 4, N).transpose(3, 0, 1, 2)
        m = self.maps
        return (m[:, :, ::2, ::2] + m[:, :, 1::2, ::2] + m[:, :, ::2, 1::2] + m[:, :, 1::2, 1::2]) / 4

    def backward(self, dpool):
        F = len(self.K)
        dout = np.zeros_like(self.maps)
        for i in (0, 1):
            for j in (0, 1):
                dout[:, :, i::2, j::2] = dpool / 4
        dout *= 1 - self.maps**2
        self.db = dout.sum(axis=(0, 2, 3))
        dflat = dout.reshape(F, -1)
        self.dK = (dflat @ self.cols.T).reshape(self.K.shape)
        dcols = self.K.reshape(F, -1).T @ dflat
        dcols = dcols.reshape(len(self.c), 16, -1).transpose(2, 0, 1)
        dimage = np.zeros(self.shape)
        np.add.at(dimage, (slice(None), self.c, self.row, self.column), dcols)
        return dimage


def backprop(image, K, b, V, labels):
    layer = ConvTanhPool(K, b)
    pooled = layer.forward(image)
    flat = pooled.reshape(len(image), -1)
    p = np.exp(flat @ V)
    p = p / p.sum(axis=1)[:, None]
    d = (p - np.eye(p.shape[1])[labels]) / len(labels)
    dimage = layer.backward((d @ V.T).reshape(pooled.shape))
    return {"image": dimage, "K": layer.dK, "b": layer.db, "V": flat.T @ d}

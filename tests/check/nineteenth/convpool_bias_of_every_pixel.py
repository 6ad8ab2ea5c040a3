"""Convpool bias of every pixel.

expected kind: missing-sum or wrong-axis or wrong-shape
wrong line: 118
correction 118: dbias = dz.sum(axis=(0, 1))
what: The errors are summed over the batch, but not over the positions of a kernel
source: https://github.com/snuspl/cruise/issues/800
said: the bias is taken from the sums of the rows; it has to be the sum of all errors in each kernel, as many numbers as kernels
"""

import numpy as np

PARAMETERS = ["kernels", "bias", "W", "b"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = r.normal(size=(2, 3, 3)), r.normal(size=2), r.normal(size=(12, 3)), r.normal(size=3)
    return *weights, r.normal(size=(3, 6, 8)), np.array([2, 0, 1])


def loss(kernels, bias, W, b, images, labels):
    N, F = len(images), len(kernels)
    conv = 0.0
    for i in range(3):
        for j in range(3):
            conv = conv + images[:, None, i : i + 4, j : j + 6] * kernels[None, :, i, j, None, None]
    relu = np.maximum(conv + bias[None, :, None, None], 0)
    pooled = np.max(np.reshape(relu, (N, F, 2, 2, 3, 2)), axis=(3, 5))
    scores = np.reshape(pooled, (N, -1)) @ W + b
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), labels])


class Conv3x3:
    def __init__(self, filters, bias):
        self.filters, self.bias = filters, bias
        self.dfilters, self.dbias = np.zeros(filters.shape), np.zeros(bias.shape)

    def forward(self, image):
        self.image = image
        h, w = image.shape
        out = np.zeros((len(self.filters), h - 2, w - 2))
        for k in range(len(self.filters)):
            for i in range(h - 2):
                for j in range(w - 2):
                    out[k, i, j] = np.sum(image[i : i + 3, j : j + 3] * self.filters[k]) + self.bias[k]
        self.out = np.maximum(out, 0)
        return self.out

    def backprop(self, d_out):
        for k in range(len(self.filters)):
            for i in range(d_out.shape[1]):
                for j in range(d_out.shape[2]):
                    if self.out[k, i, j] > 0:
                        self.dfilters[k] += d_out[k, i, j] * self.image[i : i + 3, j : j + 3]
                        self.dbias[k] += d_out[k, i, j]


class MaxPool2:
    def forward(self, x):
        self.x = x
        k, h, w = x.shape
        return np.array([[[x[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max() for j in range(w // 2)] for i in range(h // 2)] for f in range(k)])

    def backprop(self, d_out):
        d_x = np.zeros(self.x.shape)
        for f, i, j in np.ndindex(d_out.shape):
            block = self.x[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            row, col = divmod(np.argmax(block), 2)
            d_x[f, 2 * i + row, 2 * j + col] = d_out[f, i, j]
        return d_x


def right(kernels, bias, W, b, images, labels):
    conv, pool = Conv3x3(kernels, bias), MaxPool2()
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for image, label in zip(images, labels):
        pooled = pool.forward(conv.forward(image))
        flat = pooled.flatten()
        e = np.exp(flat @ W + b)
        d_scores = e / e.sum()
        d_scores[label] -= 1
        d_scores /= len(images)
        dW += np.outer(flat, d_scores)
        db += d_scores
        conv.backprop(pool.backprop((W @ d_scores).reshape(pooled.shape)))
    return conv.dfilters, conv.dbias, dW, db


def im2col(images, size=3):
    n, h, w = images.shape
    rows = [images[:, i : i + size, j : j + size].reshape(n, -1) for i in range(h - size + 1) for j in range(w - size + 1)]
    return np.stack(rows, axis=1)  # (n, positions, size * size)


def backprop(kernels, bias, W, b, images, labels):
    n, nf = images.shape[0], kernels.shape[0]
    X_col = im2col(images)
    K_col = kernels.reshape(nf, -1)
    z = X_col @ K_col.T + bias
    a = np.maximum(z, 0)
    blocks = a.reshape(n, 2, 2, 3, 2, nf).transpose(0, 5, 1, 3, 2, 4).reshape(n, nf, 2, 3, 4)
    winner = blocks.argmax(axis=-1)
    flat = blocks.max(axis=-1).reshape(n, -1)

    scores = flat @ W + b
    probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    probs[range(n), labels] -= 1
    dscores = probs / n
    dW = flat.T @ dscores
    db = dscores.sum(axis=0)

    dpool = (dscores @ W.T).reshape(n, nf, 2, 3)
    dblocks = dpool[..., None] * (np.arange(4) == winner[..., None])
    da = dblocks.reshape(n, nf, 2, 3, 2, 2).transpose(0, 2, 4, 3, 5, 1).reshape(n, -1, nf)
    dz = da * (z > 0)
    dK_col = np.einsum("npf,npk->fk", dz, X_col)
    dbias = dz.sum(axis=0)
    return dK_col.reshape(kernels.shape), dbias, dW, db

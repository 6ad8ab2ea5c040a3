"""Lichen slopes flattened picture by picture.

expected kind: transpose
wrong line: 125
correction 125: flat = dout.transpose(1, 0, 2, 3).reshape(filters, -1)
what: The slopes of the maps are put in one row for each filter without first bringing the filters to the front
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K1", "b1", "K2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # four pictures of lichen in two colours, six by six; three species
    K1, K2 = 0.5 * r.normal(size=(3, 2, 3, 3)), 0.5 * r.normal(size=(3, 3, 3, 3))
    return K1, 0.3 * r.normal(size=3), K2, 0.3 * r.normal(size=3), r.normal(size=(4, 2, 6, 6)), r.integers(0, 3, size=4)


def loss(K1, b1, K2, b2, pictures, species):
    maps = pictures
    for K, b in ((K1, b1), (K2, b2)):
        size = maps.shape[2] - 2
        out = b[:, None, None]
        for i in range(3):
            for j in range(3):
                out = out + np.einsum("ncxy,fc->nfxy", maps[:, :, i : i + size, j : j + size], K[:, :, i, j])
        maps = np.maximum(out, 0) if size == 4 else out
    scores = np.max(maps, axis=(2, 3))
    chosen = scores[np.arange(pictures.shape[0]), species]
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - chosen)


def conv_forward(A_prev, W, b):
    (m, _, n_H_prev, n_W_prev), (n_C, _, f, _) = A_prev.shape, W.shape
    Z = np.zeros((m, n_C, n_H_prev - f + 1, n_W_prev - f + 1))
    for i in range(m):
        for c in range(n_C):
            for h in range(Z.shape[2]):
                for w in range(Z.shape[3]):
                    Z[i, c, h, w] = np.sum(A_prev[i, :, h : h + f, w : w + f] * W[c]) + b[c]
    return Z


def conv_backward(dZ, A_prev, W):
    m, n_C, n_H, n_W = dZ.shape
    f = W.shape[2]
    dA_prev, dW, db = np.zeros(A_prev.shape), np.zeros(W.shape), np.zeros(n_C)
    for i in range(m):
        a_prev, da_prev = A_prev[i], dA_prev[i]
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    da_prev[:, h : h + f, w : w + f] += W[c] * dZ[i, c, h, w]
                    dW[c] += a_prev[:, h : h + f, w : w + f] * dZ[i, c, h, w]
                    db[c] += dZ[i, c, h, w]
    return dA_prev, dW, db


def pool_backward(dscores, maps):
    """Only the largest element of a map passes anything on."""
    dmaps = np.zeros(maps.shape)
    for i in range(maps.shape[0]):
        for c in range(maps.shape[1]):
            mask = maps[i, c] == np.max(maps[i, c])
            dmaps[i, c] = mask * dscores[i, c]
    return dmaps


def right(K1, b1, K2, b2, pictures, species):
    Z1 = conv_forward(pictures, K1, b1)
    A1 = np.maximum(Z1, 0)
    Z2 = conv_forward(A1, K2, b2)
    scores = Z2.max(axis=(2, 3))
    m = len(species)
    probs = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    dscores = (probs - np.eye(scores.shape[1])[species]) / m

    dZ2 = pool_backward(dscores, Z2)
    dA1, dK2, db2 = conv_backward(dZ2, A1, K2)
    dZ1 = dA1.copy()
    dZ1[Z1 <= 0] = 0
    _, dK1, db1 = conv_backward(dZ1, pictures, K1)
    return {"K1": dK1, "b1": db1, "K2": dK2, "b2": db2}


def im2col(x, k):
    n, c, height, width = x.shape
    oh, ow = height - k + 1, width - k + 1
    cols = np.empty((c, k, k, n, oh, ow))
    for i in range(k):
        for j in range(k):
            cols[:, i, j] = x[:, :, i : i + oh, j : j + ow].transpose(1, 0, 2, 3)
    return cols.reshape(c * k * k, -1)


def col2im(cols, shape, k):
    n, c, height, width = shape
    oh, ow = height - k + 1, width - k + 1
    cols = cols.reshape(c, k, k, n, oh, ow)
    image = np.zeros(shape)
    for i in range(k):
        for j in range(k):
            image[:, :, i : i + oh, j : j + ow] += cols[:, i, j].transpose(1, 0, 2, 3)
    return image


class Conv:
    def __init__(self, K, b):
        self.K, self.b = K, b

    def forward(self, x):
        filters, _, k, _ = self.K.shape
        self.shape, side = x.shape, x.shape[2] - k + 1
        self.cols = im2col(x, k)
        out = self.K.reshape(filters, -1) @ self.cols + self.b[:, None]
        return out.reshape(filters, len(x), side, side).transpose(1, 0, 2, 3)

    def backward(self, dout):
        filters = self.K.shape[0]
        self.db = dout.sum(axis=(0, 2, 3))
        flat = dout.reshape(filters, -1)
        self.dK = (flat @ self.cols.T).reshape(self.K.shape)
        dcols = self.K.reshape(filters, -1).T @ flat
        return col2im(dcols, self.shape, self.K.shape[2])


def backprop(K1, b1, K2, b2, pictures, species):
    one, two = Conv(K1, b1), Conv(K2, b2)
    h = one.forward(pictures)
    maps = two.forward(np.maximum(h, 0))
    n, f = maps.shape[:2]
    flat = maps.reshape(n, f, -1)
    best = flat.argmax(axis=2)
    scores = flat.max(axis=2)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(n), species] -= 1
    dflat = np.zeros_like(flat)
    np.put_along_axis(dflat, best[:, :, None], p[:, :, None] / n, axis=2)
    dh = two.backward(dflat.reshape(maps.shape))
    one.backward(dh * (h > 0))
    return one.dK, one.db, two.dK, two.db

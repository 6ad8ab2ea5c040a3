"""Cactus filters remember the last picture only.

expected kind: missing-sum or missing-term
wrong line: 94
correction 94: grads["K"] += dK
what: The gradient of the filters is set to that of each picture in turn, so that only the last one's is left
source: https://github.com/chengdazhi/Deformable-Convolution-V2-PyTorch/issues/51
said: someone fears that the gradient of the weights is overwritten by each part of the batch and depends on the last one only; it has to be added up, which it was
"""

import numpy as np

PARAMETERS = ["K", "b", "v", "sky"]
STRIDE, PAD = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    # three pictures of cacti in two colours, each with the same sky added, which is learned; two filters
    K, b = 0.6 * r.normal(size=(2, 2, 3, 3)), 0.3 * r.normal(size=2)
    v, sky = r.normal(size=(2, 3, 3)), 0.5 * r.normal(size=(2, 5, 5))
    return K, b, v, sky, r.normal(size=(3, 2, 5, 5)), r.normal(size=3)


def loss(K, b, v, sky, cacti, height):
    total = 0.0
    for picture, y in zip(cacti, height):
        big = np.pad(picture + sky, ((0, 0), (PAD, PAD), (PAD, PAD)))
        guess = 0.0
        for i in range(3):
            for j in range(3):
                window = big[:, STRIDE * i : STRIDE * i + 3, STRIDE * j : STRIDE * j + 3]
                guess = guess + np.tanh((K * window).sum(axis=(1, 2, 3)) + b) @ v[:, i, j]
        total = total + np.log(np.cosh(guess - y))
    return total


def right(K, b, v, sky, cacti, height):
    n, filters = len(cacti), len(K)
    wide = 5 + 2 * PAD
    # where each of the nine windows lies in a padded picture: 9 places, 18 numbers
    places = np.arange(2 * wide * wide).reshape(2, wide, wide)
    starts = [(i, j) for i in range(0, 5, STRIDE) for j in range(0, 5, STRIDE)]
    index = np.array([places[:, i : i + 3, j : j + 3].ravel() for i, j in starts])
    padded = np.pad(cacti + sky, ((0, 0), (0, 0), (PAD, PAD), (PAD, PAD))).reshape(n, -1)
    col = padded[:, index]
    rows = K.reshape(filters, -1)
    h = np.tanh(np.einsum("npk,fk->nfp", col, rows) + b[:, None])
    flat_v = v.reshape(filters, -1)
    slope = np.tanh(np.einsum("nfp,fp->n", h, flat_v) - height)
    dv = np.einsum("n,nfp->fp", slope, h)
    dpre = slope[:, None, None] * flat_v * (1 - h**2)
    dK = np.einsum("nfp,npk->fk", dpre, col)
    db = dpre.sum(axis=(0, 2))
    dcol = np.einsum("nfp,fk->npk", dpre, rows)
    dpadded = np.zeros(2 * wide * wide)
    np.add.at(dpadded, index, dcol.sum(axis=0))
    dsky = dpadded.reshape(2, wide, wide)[:, PAD:-PAD, PAD:-PAD]
    return dK.reshape(K.shape), db, dv.reshape(v.shape), dsky


def conv(x, K, b):
    big = np.zeros((2, 5 + 2 * PAD, 5 + 2 * PAD))
    big[:, PAD:-PAD, PAD:-PAD] = x
    out = np.empty((len(K), 3, 3))
    for f in range(len(K)):
        for i in range(3):
            for j in range(3):
                top, left = i * STRIDE, j * STRIDE
                out[f, i, j] = np.sum(K[f] * big[:, top : top + 3, left : left + 3]) + b[f]
    return out, big


def conv_back(dout, big, K):
    dK, db, dbig = np.zeros(K.shape), np.zeros(len(K)), np.zeros(big.shape)
    for f in range(len(K)):
        for i in range(3):
            for j in range(3):
                top, left = i * STRIDE, j * STRIDE
                dK[f] += dout[f, i, j] * big[:, top : top + 3, left : left + 3]
                dbig[:, top : top + 3, left : left + 3] += dout[f, i, j] * K[f]
                db[f] += dout[f, i, j]
    return dK, db, dbig[:, PAD:-PAD, PAD:-PAD]


def backprop(K, b, v, sky, cacti, height):
    grads = {name: np.zeros(p.shape) for name, p in zip(PARAMETERS, (K, b, v, sky))}
    for picture, y in zip(cacti, height):
        out, big = conv(picture + sky, K, b)
        h = np.tanh(out)
        slope = np.tanh(np.sum(h * v) - y)
        grads["v"] += slope * h
        dK, db, dpicture = conv_back(slope * v * (1 - h * h), big, K)
        grads["K"] = dK
        grads["b"] += db
        grads["sky"] += dpicture
    return grads

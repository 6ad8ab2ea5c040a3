"""Conv filters divided by batch and places.

expected kind: mean-for-sum or scale
wrong line: 86 or 91
correction 86: dK = np.tensordot(delta, cols, axes=([0, 1], [0, 2]))
correction 91: return np.tensordot(delta, cols, axes=([0, 1], [0, 2])), db, dXp[:, :, PAD : PAD + L]
what: The gradient of the filters is divided by the number of examples and of places
source: https://github.com/sebgao/cTensor/issues/3
said: is the factor one over B H W necessary in the gradient of the weights? No, it was a mistake
"""

import numpy as np

PARAMETERS = ["K", "b", "X"]
STRIDE, PAD = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    K, b, X = r.normal(size=(3, 2, 3)), r.normal(size=3), r.normal(size=(4, 2, 7))
    return K, b, X, r.normal(size=(4, 3, 4))


def loss(K, b, X, Y):
    padded = np.pad(X, ((0, 0), (0, 0), (PAD, PAD)))
    width = K.shape[2]
    maps = []
    for start in range(0, padded.shape[2] - width + 1, STRIDE):
        window = padded[:, :, start : start + width]
        maps.append(np.einsum("nck,fck->nf", window, K) + b)
    out = np.tanh(np.stack(maps, axis=2))
    return 0.5 * np.sum((out - Y) ** 2)


def conv_forward(X, K, b):
    N, C, L = X.shape
    F, _, k = K.shape
    L_out = (L + 2 * PAD - k) // STRIDE + 1
    Xp = np.pad(X, ((0, 0), (0, 0), (PAD, PAD)), mode="constant")
    out = np.zeros((N, F, L_out))
    for n in range(N):
        for f in range(F):
            for i in range(L_out):
                s = i * STRIDE
                out[n, f, i] = np.sum(Xp[n, :, s : s + k] * K[f]) + b[f]
    return out, Xp


def conv_backward(dout, Xp, K):
    N, F, L_out = dout.shape
    k = K.shape[2]
    dXp, dK, db = np.zeros_like(Xp), np.zeros_like(K), np.zeros(F)
    for n in range(N):
        for f in range(F):
            for i in range(L_out):
                start = i * STRIDE
                end = start + k
                dXp[n, :, start:end] += K[f] * dout[n, f, i]
                dK[f] += Xp[n, :, start:end] * dout[n, f, i]
                db[f] += dout[n, f, i]
    return dXp[:, :, PAD:-PAD], dK, db


def right(K, b, X, Y):
    z, Xp = conv_forward(X, K, b)
    a = np.tanh(z)
    dX, dK, db = conv_backward((a - Y) * (1 - a**2), Xp, K)
    return dK, db, dX


def im2col(Xp, k):
    starts = np.arange(0, Xp.shape[2] - k + 1, STRIDE)
    index = starts[:, None] + np.arange(k)
    return Xp[:, :, index], index


def backprop(K, b, X, Y):
    N, C, L = X.shape
    F, _, k = K.shape
    Xp = np.zeros((N, C, L + 2 * PAD))
    Xp[:, :, PAD : PAD + L] = X
    cols, index = im2col(Xp, k)
    out = np.tanh(np.tensordot(cols, K, axes=([1, 3], [1, 2])) + b)
    error = out - Y.transpose(0, 2, 1)
    delta = error * (1 - out * out)
    dK = np.tensordot(delta, cols, axes=([0, 1], [0, 2])) / (N * delta.shape[1])
    db = delta.reshape(-1, F).sum(axis=0)
    dcols = np.einsum("nif,fck->ncik", delta, K)
    dXp = np.zeros_like(Xp)
    np.add.at(dXp, (slice(None), slice(None), index), dcols)
    return dK, db, dXp[:, :, PAD : PAD + L]

"""Domino pool row and column exchanged.

expected kind: transpose
wrong line: 87
correction 87: da[2 * r : 2 * r + 2, 2 * c : 2 * c + 2] += mask * dout[r, c]
what: On the way back through the pool row and column of the pooled picture are exchanged
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # three pictures of dominoes, six by six; two filters, three kinds of stones
    K, b = 0.6 * r.normal(size=(2, 3, 3)), 0.4 * r.normal(size=2)
    V, c = r.normal(size=(8, 3)), 0.3 * r.normal(size=3)
    return K, b, V, c, r.normal(size=(3, 6, 6)), r.integers(0, 3, size=3)


def loss(K, b, V, c, pictures, kind):
    n = pictures.shape[0]
    z = b[:, None, None]
    for i in range(3):
        for j in range(3):
            z = z + pictures[:, None, i : i + 4, j : j + 4] * K[:, i, j][:, None, None]
    pooled = np.max(np.maximum(z, 0).reshape(n, 2, 2, 2, 2, 2), axis=(3, 5))
    scores = pooled.reshape(n, 8) @ V + c
    return np.sum(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(n), kind]) / n


def im2col(x, k):
    n, height, width = x.shape
    cols = [x[:, i : i + k, j : j + k].reshape(n, -1) for i in range(height - k + 1) for j in range(width - k + 1)]
    return np.stack(cols, axis=1)


def spread(pooled):
    """Every pooled number four times, in a square of its own."""
    return np.repeat(np.repeat(pooled, 2, axis=2), 2, axis=3)


def softmax_loss_backward(scores, kind):
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = shifted / shifted.sum(axis=1, keepdims=True)
    p[np.arange(len(kind)), kind] -= 1
    return p / len(kind)


def right(K, b, V, c, pictures, kind):
    n, filters = len(pictures), len(K)
    cols = im2col(pictures, 3)
    z = (cols @ K.reshape(filters, -1).T + b).transpose(0, 2, 1).reshape(n, filters, 4, 4)
    act = z * (z > 0)
    pooled = act.reshape(n, filters, 2, 2, 2, 2).max(axis=(3, 5))
    winners = act == spread(pooled)
    flat = pooled.reshape(n, -1)

    dscores = softmax_loss_backward(flat @ V + c, kind)
    dV = flat.T @ dscores
    dc = dscores.sum(axis=0)
    dpooled = (dscores @ V.T).reshape(pooled.shape)
    dact = spread(dpooled) * winners
    dz = np.where(z > 0, dact, 0).reshape(n, filters, 16)
    db = dz.sum(axis=(0, 2))
    dK = np.einsum("nfp,npk->fk", dz, cols).reshape(K.shape)
    return dK, db, dV, dc


def pool_forward(a):
    out = np.zeros(4).reshape(2, 2)
    for r in range(2):
        for c in range(2):
            out[r, c] = a[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].max()
    return out


def pool_backward(dout, a):
    da = np.zeros(a.shape)
    for r in range(2):
        for c in range(2):
            window = a[2 * r : 2 * r + 2, 2 * c : 2 * c + 2]
            mask = window == window.max()
            da[2 * r : 2 * r + 2, 2 * c : 2 * c + 2] += mask * dout[c, r]
    return da


def backprop(K, b, V, c, pictures, kind):
    m, filters = len(pictures), len(K)
    dK, db, dV, dc = (np.zeros(p.shape) for p in (K, b, V, c))
    for x, y in zip(pictures, kind):
        Z = np.zeros((filters, 4, 4))
        for f in range(filters):
            for i in range(4):
                for j in range(4):
                    Z[f, i, j] = np.sum(x[i : i + 3, j : j + 3] * K[f]) + b[f]
        act = np.maximum(Z, 0)
        flat = np.concatenate([pool_forward(a).ravel() for a in act])
        e = np.exp(flat @ V + c)
        dscores = e / e.sum()
        dscores[y] -= 1
        dscores /= m
        dV += np.outer(flat, dscores)
        dc += dscores
        dpool = (V @ dscores).reshape(filters, 2, 2)
        for f in range(filters):
            dZ = pool_backward(dpool[f], act[f]) * (Z[f] > 0)
            db[f] += dZ.sum()
            for i in range(4):
                for j in range(4):
                    dK[f] += dZ[i, j] * x[i : i + 3, j : j + 3]
    return {"K": dK, "b": db, "V": dV, "c": dc}

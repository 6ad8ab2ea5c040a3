"""Combined candle whole pool is blamed and the bias averaged.

expected kind: missing-factor + mean-for-sum
wrong line: 105 and 109
correction 105: dh = dpooled[:, :, None, :, None, :] * largest
correction 109: grads["b"] = dz.sum(axis=(0, 1))
what: Each of the four under the pool gets the whole gradient; the gradient of the bias is averaged over the places
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K", "b", "V", "c"]
STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    # four pictures of flames, two filters, three draughts
    K, b = 0.6 * r.normal(size=(2, 3, 3)), 0.3 * r.normal(size=2)
    V, c = r.normal(size=(8, 3)), 0.3 * r.normal(size=3)
    return K, b, V, c, r.normal(size=(4, 9, 9)), r.integers(0, 3, size=4)


def loss(K, b, V, c, flames, draught):
    total = 0.0
    for flame, y in zip(flames, draught):
        z = np.zeros((2, 4, 4))
        for i in range(4):
            for j in range(4):
                patch = flame[STRIDE * i : STRIDE * i + 3, STRIDE * j : STRIDE * j + 3]
                z[:, i, j] = np.sum(K * patch, axis=(1, 2)) + b
        pooled = np.max(np.tanh(z).reshape(2, 2, 2, 2, 2), axis=(2, 4))
        scores = pooled.reshape(-1) @ V + c
        total = total + np.log(np.sum(np.exp(scores))) - scores[y]
    return total / len(flames)


def conv_forward(flame, K, b):
    out = np.zeros((len(K), 4, 4))
    for f, i, j in np.ndindex(out.shape):
        top, left = i * STRIDE, j * STRIDE
        out[f, i, j] = np.sum(flame[top : top + 3, left : left + 3] * K[f]) + b[f]
    return out


def conv_backward(dz, flame, K):
    dK, db = np.zeros(K.shape), np.zeros(len(K))
    for f, i, j in np.ndindex(dz.shape):
        top, left = i * STRIDE, j * STRIDE
        dK[f] += dz[f, i, j] * flame[top : top + 3, left : left + 3]
        db[f] += dz[f, i, j]
    return dK, db


def pool_backward(dp, h):
    dh = np.zeros(h.shape)
    for f, i, j in np.ndindex(dp.shape):
        block = h[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        k, m = np.unravel_index(np.argmax(block), (2, 2))
        dh[f, 2 * i + k, 2 * j + m] = dp[f, i, j]
    return dh


def right(K, b, V, c, flames, draught):
    dK, db, dV, dc = np.zeros(K.shape), np.zeros(b.shape), np.zeros(V.shape), np.zeros(c.shape)
    for flame, y in zip(flames, draught):
        h = np.tanh(conv_forward(flame, K, b))
        flat = np.array([h[f, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max() for f, i, j in np.ndindex(2, 2, 2)])
        e = np.exp(flat @ V + c)
        dscores = e / e.sum()
        dscores[y] -= 1
        dscores /= len(flames)
        dV += np.outer(flat, dscores)
        dc += dscores
        dh = pool_backward((V @ dscores).reshape(2, 2, 2), h)
        gK, gb = conv_backward(dh * (1 - h**2), flame, K)
        dK += gK
        db += gb
    return dK, db, dV, dc


def im2col(flames):
    """Windows in the rows: flames times 16, and 9."""
    starts = range(0, 7, STRIDE)
    windows = [flames[:, i : i + 3, j : j + 3].reshape(-1, 9) for i in starts for j in starts]
    return np.stack(windows, axis=1)


def backprop(K, b, V, c, flames, draught):
    n = len(flames)
    col = im2col(flames)
    z = col @ K.reshape(2, 9).T + b
    h = np.tanh(z).reshape(n, 2, 2, 2, 2, 2)
    pooled = h.max(axis=(2, 4))
    flat = pooled.transpose(0, 3, 1, 2).reshape(n, 8)
    scores = flat @ V + c
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(n), draught] -= 1
    p /= n
    dpooled = (p @ V.T).reshape(n, 2, 2, 2).transpose(0, 2, 3, 1)
    largest = h == pooled[:, :, None, :, None, :]
    dh = np.broadcast_to(dpooled[:, :, None, :, None, :], h.shape)
    dz = dh.reshape(n, 16, 2) * (1 - np.tanh(z) ** 2)
    grads = {"V": flat.T @ p, "c": p.sum(axis=0)}
    grads["K"] = np.tensordot(dz, col, axes=([0, 1], [0, 1])).reshape(K.shape)
    grads["b"] = dz.mean(axis=(0, 1))
    return grads

"""Combined conv mean of the pool and windows written over.

expected kind: missing-factor or scale or sum-for-mean + missing-term
wrong line: 96 and 104
correction 96: d_act = d_feature / out**2
correction 104: d_xp[:, rows, columns] += np.einsum("abcf,nf->nabc", W, d_z)
what: The mean over the picture is divided by its height alone; behind it windows that overlap write over each other
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["X", "W", "b", "V", "c"]
STRIDE, PAD = 2, 1


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(2, 4, 4, 2), (3, 3, 2, 3), 3, (3, 3), 3]
    return *(r.normal(size=s) for s in shapes), np.array([2, 0])


def loss(X, W, b, V, c, y):
    padded = np.pad(X, ((0, 0), (PAD, PAD), (PAD, PAD), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::STRIDE, ::STRIDE]
    z = np.tanh(np.einsum("nhwcij,ijcf->nhwf", view, W) + b)
    s = np.mean(z, axis=(1, 2)) @ V + c
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - np.sum(s * np.eye(3)[y], axis=1))


def zero_pad(X, pad):
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant", constant_values=0)


def conv_forward(A_prev, W, b):
    f = W.shape[0]
    m, n_H_prev, n_W_prev, _ = A_prev.shape
    n_H, n_W = (n_H_prev - f + 2 * PAD) // STRIDE + 1, (n_W_prev - f + 2 * PAD) // STRIDE + 1
    A_pad = zero_pad(A_prev, PAD)
    Z = np.zeros((m, n_H, n_W, W.shape[3]))
    for i, h, w, c in np.ndindex(*Z.shape):
        piece = A_pad[i, h * STRIDE : h * STRIDE + f, w * STRIDE : w * STRIDE + f]
        Z[i, h, w, c] = np.sum(piece * W[:, :, :, c]) + b[c]
    return Z, (A_pad, W)


def conv_backward(dZ, cache):
    A_pad, W = cache
    f = W.shape[0]
    dA_pad, dW, db = np.zeros_like(A_pad), np.zeros_like(W), np.zeros(W.shape[3])
    m, n_H, n_W, n_C = dZ.shape
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                v, z = h * STRIDE, w * STRIDE
                for c in range(n_C):
                    dA_pad[i, v : v + f, z : z + f] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_pad[i, v : v + f, z : z + f] * dZ[i, h, w, c]
                    db[c] += dZ[i, h, w, c]
    dA_prev = dA_pad[:, PAD:-PAD, PAD:-PAD, :]
    return dA_prev, dW, db


def right(X, W, b, V, c, y):
    Z, cache = conv_forward(X, W, b)
    A = np.tanh(Z)
    pooled = A.mean(axis=(1, 2))
    s = pooled @ V + c
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    dpooled = p @ V.T
    dA = np.ones_like(A) * dpooled[:, None, None, :] / (A.shape[1] * A.shape[2])
    dX, dW, db = conv_backward(dA * (1 - A**2), cache)
    return dX, dW, db, pooled.T @ p, p.sum(axis=0)


def backprop(X, W, b, V, c, y):
    n, size = X.shape[0], X.shape[1]
    out = (size + 2 * PAD - 3) // STRIDE + 1
    xp = np.zeros((n, size + 2 * PAD, size + 2 * PAD, X.shape[3]))
    xp[:, PAD : PAD + size, PAD : PAD + size] = X
    act = np.zeros((n, out, out, W.shape[3]))
    for i in range(out):
        for j in range(out):
            block = xp[:, STRIDE * i : STRIDE * i + 3, STRIDE * j : STRIDE * j + 3]
            act[:, i, j] = np.tanh(np.einsum("nabc,abcf->nf", block, W) + b)
    feature = act.reshape(n, -1, W.shape[3]).mean(axis=1)
    logits = feature @ V + c
    prob = np.exp(logits - logits.max(axis=1)[:, None])
    prob = prob / prob.sum(axis=1)[:, None]

    d_logits = prob - np.eye(V.shape[1])[y]
    d_V, d_c = feature.T @ d_logits, d_logits.sum(axis=0)
    d_feature = d_logits @ V.T
    d_act = d_feature / out
    d_xp, d_W, d_b = np.zeros(xp.shape), np.zeros(W.shape), np.zeros(b.shape)
    for i in range(out):
        for j in range(out):
            rows, columns = slice(STRIDE * i, STRIDE * i + 3), slice(STRIDE * j, STRIDE * j + 3)
            d_z = d_act * (1 - act[:, i, j] ** 2)
            d_b += d_z.sum(axis=0)
            d_W += np.einsum("nabc,nf->abcf", xp[:, rows, columns], d_z)
            d_xp[:, rows, columns] = np.einsum("abcf,nf->nabc", W, d_z)
    return d_xp[:, PAD : PAD + size, PAD : PAD + size], d_W, d_b, d_V, d_c

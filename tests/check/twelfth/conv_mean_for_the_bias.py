"""Conv mean for the bias.

expected kind: mean-for-sum or scale
wrong line: 102
correction 102: db = d.sum(axis=(0, 2))
what: The gradient of the bias is the mean over images and places, not the sum
source: https://github.com/kvfrans/notes/issues/5
said: the bias has the mean over the batch where its sum belongs
"""

import numpy as np

PARAMETERS = ["w1", "b1", "w2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    w1, b1, w2, b2 = (r.normal(size=s) for s in [(2, 2, 2, 2), 2, (2, 2, 2, 2), 2])
    return w1, b1, w2, b2, r.normal(size=(2, 2, 6, 6)), r.normal(size=(2, 2, 2, 2))


def conv2d(x, w, b):
    k = w.shape[2]
    H, W = x.shape[2] - k + 1, x.shape[3] - k + 1
    out = b[:, None, None]
    for i in range(k):
        for j in range(k):
            out = out + np.einsum("nchw,fc->nfhw", x[:, :, i : i + H, j : j + W], w[:, :, i, j])
    return out


def loss(w1, b1, w2, b2, X, Y):
    a = np.maximum(conv2d(np.tanh(conv2d(X, w1, b1)), w2, b2), 0)
    pooled = np.max(np.reshape(a, (len(X), 2, 2, 2, 2, 2)), axis=(3, 5))
    return 0.5 * np.sum((pooled - Y) ** 2)


def bprop_conv(E, I, F):
    """Error of the output, input, filters."""
    M, D, K, _ = F.shape
    grad_I, grad_F, grad_b = np.zeros(I.shape), np.zeros(F.shape), np.zeros(M)
    for n in range(len(E)):
        for m in range(M):
            for h in range(E.shape[2]):
                for w in range(E.shape[3]):
                    e = E[n, m, h, w]
                    grad_b[m] += e
                    for d in range(D):
                        grad_F[m, d] += e * I[n, d, h : h + K, w : w + K]
                        grad_I[n, d, h : h + K, w : w + K] += e * F[m, d]
    return grad_I, grad_F, grad_b


def bprop_pool(error, a):
    grad = np.zeros_like(a)
    for n, c, i, j in np.ndindex(error.shape):
        window = a[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        k, l = np.unravel_index(np.argmax(window), (2, 2))
        if window[k, l] > 0:
            grad[n, c, 2 * i + k, 2 * j + l] = error[n, c, i, j]
    return grad


def right(w1, b1, w2, b2, X, Y):
    hidden = np.tanh(conv2d(X, w1, b1))
    z = conv2d(hidden, w2, b2)
    pooled = np.maximum(z, 0).reshape(2, 2, 2, 2, 2, 2).max(axis=(3, 5))
    grad_z = bprop_pool(pooled - Y, z)
    grad_hidden, grad_w2, grad_b2 = bprop_conv(grad_z, hidden, w2)
    grad_hidden *= 1 - hidden * hidden
    _, grad_w1, grad_b1 = bprop_conv(grad_hidden, X, w1)
    return {"w1": grad_w1, "b1": grad_b1, "w2": grad_w2, "b2": grad_b2}


def im2col(x, k):
    N, C, H, W = x.shape
    cols = [x[:, :, i : i + k, j : j + k].reshape(N, -1) for i in range(H - k + 1) for j in range(W - k + 1)]
    return np.stack(cols, axis=2)


def col2im(cols, shape, k):
    x, at = np.zeros(shape), 0
    for i in range(shape[2] - k + 1):
        for j in range(shape[3] - k + 1):
            x[:, :, i : i + k, j : j + k] += cols[:, :, at].reshape(shape[0], shape[1], k, k)
            at += 1
    return x


def conv_forward(x, w, b):
    F, _, k, _ = w.shape
    cols = im2col(x, k)
    out = w.reshape(F, -1) @ cols + b.reshape(F, 1)
    size = x.shape[2] - k + 1
    return out.reshape(len(x), F, size, size), (x.shape, cols, w)


def conv_backward(dout, cache):
    shape, cols, w = cache
    F, k = w.shape[0], w.shape[2]
    d = dout.reshape(len(dout), F, -1)
    db = d.mean(axis=(0, 2))
    dw = np.einsum("nfp,nqp->fq", d, cols).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ d
    return col2im(dcols, shape, k), dw, db


def backprop(w1, b1, w2, b2, X, Y):
    z1, cache1 = conv_forward(X, w1, b1)
    a1 = np.tanh(z1)
    z2, cache2 = conv_forward(a1, w2, b2)
    a2 = np.maximum(z2, 0).reshape(2, 2, 2, 2, 2, 2)
    out = a2.max(axis=3).max(axis=4)
    mask = a2 == out[:, :, :, None, :, None]
    dout = out - Y
    da2 = (dout[:, :, :, None, :, None] * mask).reshape(z2.shape)
    da1, dw2, db2 = conv_backward(da2 * (z2 > 0), cache2)
    _, dw1, db1 = conv_backward(da1 * (1 - a1**2), cache1)
    return dw1, db1, dw2, db2

"""Mosaic windows at the edge shared among four.

expected kind: mean-for-sum or scale
wrong line: 117
correction 117: share = d[:, :, i, j] / (window.shape[2] * window.shape[3])
what: The windows at the edge are cut off and have one or two values, but each gets a quarter
source: https://github.com/tracel-ai/cubek/pull/648
said: the backward pass of the mean pool divides windows that hang over by their full size, forward they are divided by what lies inside
"""

import numpy as np

PARAMETERS = ["K1", "c1", "K2"]
P = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    K1, c1, K2 = 0.5 * r.normal(size=(2, 2, 3, 3)), 0.3 * r.normal(size=2), r.normal(size=(2, 2, 2, 2))
    # the maps have five rows and columns: the last windows of the pool are cut off
    return K1, c1, K2, r.normal(size=(3, 2, 7, 7)), r.normal(size=(3, 2, 2, 2))


def loss(K1, c1, K2, stones, plan):
    z = c1.reshape(1, 2, 1, 1)
    for i in range(3):
        for j in range(3):
            z = z + np.einsum("nchw,fc->nfhw", stones[:, :, i : i + 5, j : j + 5], K1[:, :, i, j])
    a = np.tanh(z)
    windows = [(slice(P * i, P * i + P), slice(P * j, P * j + P)) for i in range(3) for j in range(3)]
    pooled = np.stack([np.mean(a[:, :, i, j], axis=(2, 3)) for i, j in windows], axis=2).reshape(-1, 2, 3, 3)
    out = 0.0
    for i in range(2):
        for j in range(2):
            out = out + np.einsum("nchw,fc->nfhw", pooled[:, :, i : i + 2, j : j + 2], K2[:, :, i, j])
    return np.sum((out - plan) ** 2) / (2 * len(stones))


def slide(x, K):
    """Lay every filter on every place of every picture."""
    k = K.shape[-1]
    h, w = x.shape[2] - k + 1, x.shape[3] - k + 1
    out = np.zeros((len(x), len(K), h, w))
    for i in range(k):
        for j in range(k):
            out += np.einsum("nchw,fc->nfhw", x[:, :, i : i + h, j : j + w], K[:, :, i, j])
    return out


def slope_of_filters(x, d):
    h, w = d.shape[2:]
    k = x.shape[2] - h + 1
    out = np.zeros((d.shape[1], x.shape[1], k, k))
    for i in range(k):
        for j in range(k):
            out[:, :, i, j] = np.einsum("nfhw,nchw->fc", d, x[:, :, i : i + h, j : j + w])
    return out


def full_convolution(d, K):
    k = K.shape[-1]
    padded = np.pad(d, ((0, 0), (0, 0), (k - 1, k - 1), (k - 1, k - 1)))
    turned = np.rot90(K, 2, axes=(2, 3))
    return slide(padded, turned.swapaxes(0, 1))


def averages(size):
    """The matrix that takes the means of neighbours, of the last one alone."""
    M = np.kron(np.eye(size // P + 1), np.ones((1, P)))[:, :size]
    return M / M.sum(axis=1, keepdims=True)


def right(K1, c1, K2, stones, plan):
    a = np.tanh(slide(stones, K1) + c1[:, None, None])
    M = averages(a.shape[2])
    pooled = M @ a @ M.T
    dout = (slide(pooled, K2) - plan) / len(stones)
    grads = {"K2": slope_of_filters(pooled, dout)}
    dpooled = full_convolution(dout, K2)
    dz = M.T @ dpooled @ M * (1 - a**2)
    grads["K1"] = slope_of_filters(stones, dz)
    grads["c1"] = dz.sum(axis=(2, 3)).sum(axis=0)
    return grads


def conv_naive(x, K):
    n, _, H, W = x.shape
    f, _, k, _ = K.shape
    out = np.zeros((n, f, H - k + 1, W - k + 1))
    for m, q, i, j in np.ndindex(out.shape):
        out[m, q, i, j] = np.sum(x[m, :, i : i + k, j : j + k] * K[q])
    return out


def conv_naive_backward(d, x, K):
    dx, dK, k = np.zeros_like(x), np.zeros_like(K), K.shape[2]
    for m, q, i, j in np.ndindex(d.shape):
        dK[q] += d[m, q, i, j] * x[m, :, i : i + k, j : j + k]
        dx[m, :, i : i + k, j : j + k] += d[m, q, i, j] * K[q]
    return dx, dK


def mean_pool(a):
    size = -(-a.shape[2] // P)
    out = np.zeros(a.shape[:2] + (size, size))
    for i in range(size):
        for j in range(size):
            out[:, :, i, j] = a[:, :, P * i : P * i + P, P * j : P * j + P].mean(axis=(2, 3))
    return out


def mean_pool_backward(d, a):
    da = np.zeros_like(a)
    for i in range(d.shape[2]):
        for j in range(d.shape[3]):
            window = da[:, :, P * i : P * i + P, P * j : P * j + P]
            share = d[:, :, i, j] / (P * P)
            window += share[:, :, None, None]
    return da


def backprop(K1, c1, K2, stones, plan):
    a = np.tanh(conv_naive(stones, K1) + c1[None, :, None, None])
    pooled = mean_pool(a)
    out = conv_naive(pooled, K2)
    dout = (out - plan) / len(stones)
    dpooled, dK2 = conv_naive_backward(dout, pooled, K2)
    dz = mean_pool_backward(dpooled, a) * (1 - a**2)
    _, dK1 = conv_naive_backward(dz, stones, K1)
    dc1 = dz.sum(axis=(0, 2, 3))
    return dK1, dc1, dK2

"""Radar filters learn upside down.

expected kind: reversed
wrong line: 118
correction 118: dK[i, j] = np.tensordot(P[:, i : i + H, j : j + H], dz, axes=((0, 1, 2), (0, 1, 2)))
what: The gradient of the filters is turned around in both directions
source: https://end-to-end-machine-learning.teachable.com/courses/322-convolutional-neural-networks-in-two-dimensions/lectures/24726662
said: in the cross correlation that gives the gradient of the weights the arguments were in the wrong order, so it came out reversed
"""

import numpy as np

PARAMETERS = ["K", "k0", "W", "c"]
def data(seed=0):
    r = np.random.default_rng(seed)
    K, k0 = 0.5 * r.normal(size=(3, 3, 2, 2)), 0.3 * r.normal(size=2)
    W, c = 0.7 * r.normal(size=(8, 3)), 0.2 * r.normal(size=3)
    return K, k0, W, c, r.normal(size=(4, 4, 4, 2)), np.array([1, 0, 2, 1])


def loss(K, k0, W, c, X, kind):
    # 3 x 3 filters over padded images, the largest of 2 x 2, then scores
    padded = np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0)))
    z = k0
    for i in range(3):
        for j in range(3):
            z = z + padded[:, i : i + 4, j : j + 4] @ K[i, j]
    a = np.maximum(z, 0)
    rows = np.maximum(a[:, 0::2], a[:, 1::2])
    pooled = np.maximum(rows[:, :, 0::2], rows[:, :, 1::2])
    scores = pooled.reshape(len(X), 8) @ W + c
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - shifted[np.arange(len(kind)), kind])


def conv_forward(image, K, k0):
    size = image.shape[0] - 2
    z = np.zeros((size, size, len(k0)))
    for r in range(size):
        for s in range(size):
            for f in range(len(k0)):
                z[r, s, f] = np.sum(image[r : r + 3, s : s + 3] * K[:, :, :, f]) + k0[f]
    return z


def pool_forward(a):
    half = a.shape[0] // 2
    return np.array([[a[2 * p : 2 * p + 2, 2 * q : 2 * q + 2].max(axis=(0, 1)) for q in range(half)] for p in range(half)])


def pool_backward(dout, a):
    da = np.zeros_like(a)
    for p, q, f in np.ndindex(dout.shape):
        window = a[2 * p : 2 * p + 2, 2 * q : 2 * q + 2, f]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        da[2 * p + u, 2 * q + v, f] += dout[p, q, f]
    return da


def right(K, k0, W, c, X, kind):
    images = [np.pad(x, ((1, 1), (1, 1), (0, 0))) for x in X]
    dK, dk0, dW, dc = [np.zeros_like(p) for p in (K, k0, W, c)]
    for n, label in enumerate(kind):
        image = images[n]
        z = conv_forward(image, K, k0)
        a = np.maximum(z, 0)
        pooled = pool_forward(a)
        scores = pooled.ravel() @ W + c
        err = np.exp(scores - scores.max())
        err = err / err.sum()
        err[label] -= 1
        dW += np.outer(pooled.ravel(), err)
        dc += err
        dz = pool_backward((W @ err).reshape(pooled.shape), a) * (z > 0)
        for r, s, f in np.ndindex(dz.shape):
            patch = images[n][r : r + 3, s : s + 3]
            dK[..., f] += patch * dz[r, s, f]
            dk0[f] += dz[r, s, f]
    N = len(X)
    grad_filters = dK / N
    return grad_filters, dk0 / N, dW / N, dc / N


def shifts(k=3):
    return [(i, j) for i in range(k) for j in range(k)]


def largest_of_four(a):
    """Return the pooled maps and where they come from."""
    N, H, _, F = a.shape
    blocks = a.reshape(N, H // 2, 2, H // 2, 2, F)
    top = blocks.max(axis=(2, 4))
    return top, (blocks == top[:, :, None, :, None, :]).reshape(a.shape)


def backprop(K, k0, W, c, X, kind):
    N, H = X.shape[:2]
    P = np.zeros((N, H + 2, H + 2, X.shape[3]))
    P[:, 1:-1, 1:-1] = X
    z = np.zeros((N, H, H, len(k0))) + k0
    for i, j in shifts():
        z += np.tensordot(P[:, i : i + H, j : j + H], K[i, j], axes=1)
    a = z * (z > 0)
    pooled, winners = largest_of_four(a)
    flat = pooled.reshape(N, -1)
    scores = flat @ W + c
    probs = np.exp(scores - scores.max(1, keepdims=True))
    probs /= probs.sum(1, keepdims=True)
    probs[np.arange(N), kind] -= 1
    dscores = probs / N
    grads = {"W": flat.T @ dscores, "c": dscores.sum(0)}
    dpooled = (dscores @ W.T).reshape(pooled.shape)
    da = np.repeat(np.repeat(dpooled, 2, axis=1), 2, axis=2) * winners
    dz = np.where(z > 0, da, 0)
    grads["k0"] = dz.sum(axis=(0, 1, 2))
    dK = np.zeros_like(K)
    for i, j in shifts():
        dK[2 - i, 2 - j] = np.tensordot(P[:, i : i + H, j : j + H], dz, axes=((0, 1, 2), (0, 1, 2)))
    grads["K"] = dK
    return grads

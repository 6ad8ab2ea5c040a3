"""Conv kernel turned round.

expected kind: reversed or wrong-point
wrong line: 62
correction 62: dx[t * STRIDE + k] += K[k] @ dz[t]
what: The kernel is turned round on the way back, though forward is a correlation
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "K", "b", "V"]

STRIDE = 2


def data(seed=0):
    r = np.random.default_rng(seed)
    E, K, b, V, S, y = (r.normal(size=s) for s in [(3, 2), (3, 2, 4), 4, (4, 1), (9, 3), (4, 1)])
    return E, K, b, V, S, y


def loss(E, K, b, V, S, y):
    x, size = S @ E, len(K)
    places = range(0, len(S) - size + 1, STRIDE)
    z = np.stack([np.sum(x[t : t + size, :, None] * K, axis=(0, 1)) for t in places])
    h = np.tanh(z + b)
    return 0.5 * np.sum((h @ V - y) ** 2)


def right(E, K, b, V, S, y):
    x, size = S.dot(E), K.shape[0]
    windows = np.array([x[t : t + size] for t in range(0, len(x) - size + 1, STRIDE)])
    h = np.tanh(np.einsum("tkc,kcf->tf", windows, K) + b)
    error = h.dot(V) - y
    grads = {"V": h.T.dot(error)}
    delta = np.outer(error, V) * (1 - h**2)
    grads["b"] = delta.sum(axis=0)
    grads["K"] = np.einsum("tkc,tf->kcf", windows, delta)
    d_windows = np.einsum("tf,kcf->tkc", delta, K)
    dx = np.zeros_like(x)
    for t, g in enumerate(d_windows):
        dx[t * STRIDE : t * STRIDE + size] += g
    grads["E"] = S.T.dot(dx)
    return grads


def conv1d_forward(x, K, b):
    size, steps = K.shape[0], (x.shape[0] - K.shape[0]) // STRIDE + 1
    z = np.zeros((steps, K.shape[2]))
    for t in range(steps):
        z[t] = np.tensordot(x[t * STRIDE : t * STRIDE + size], K, axes=2) + b
    return z


def conv1d_backward(dz, x, K):
    dx, dK, db = np.zeros_like(x), np.zeros_like(K), np.zeros(K.shape[2])
    for t in range(dz.shape[0]):
        for k in range(K.shape[0]):
            dK[k] += np.outer(x[t * STRIDE + k], dz[t])
            dx[t * STRIDE + k] += K[-1 - k] @ dz[t]
        db += dz[t]
    return dx, dK, db


def backprop(E, K, b, V, S, y):
    x = S @ E
    h = np.tanh(conv1d_forward(x, K, b))
    dy = h @ V - y
    dh = dy @ V.T
    dx, dK, db = conv1d_backward(dh * (1 - h**2), x, K)
    return S.T @ dx, dK, db, h.T @ dy

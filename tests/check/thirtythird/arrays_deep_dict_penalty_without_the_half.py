"""arrays deep dict penalty without the half.

expected kind: scale or repeated-term or another-loss
wrong line: 59
correction 59: out[f"W{l}"] = dZ @ A_prev.T + LAMBD / m * W
given as: arrays
what: the penalty's gradient has the factor 2 that the half in the loss cancels
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

KEEP, LAMBD = 0.7, 0.8


def mask(shape, layer):
    return np.random.RandomState(layer).rand(*shape) < KEEP


def forward(X, params):
    L, A, caches = len(params) // 2, X, []
    for l in range(1, L + 1):
        Z = params["W%d" % l] @ A + params["b%d" % l]
        caches.append((A, Z))
        A = np.maximum(Z, 0) if l < L else 1 / (1 + np.exp(-Z))
        if l < L:
            A = A * mask(A.shape, l) / KEEP
    return A, caches


def pack(*values):
    return dict(zip(["W1", "b1", "W2", "b2", "W3", "b3"], values))


def loss(X, Y, W1, b1, W2, b2, W3, b3):
    AL, _ = forward(X, pack(W1, b1, W2, b2, W3, b3))
    cross = -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
    return cross + LAMBD / (2 * X.shape[1]) * sum(np.sum(W * W) for W in (W1, W2, W3))


def right(X, Y, W1, b1, W2, b2, W3, b3):
    AL, ((_, Z1), (A1, Z2), (A2, _)) = forward(X, pack(W1, b1, W2, b2, W3, b3))
    k = LAMBD / Y.size
    d3 = (AL - Y) / Y.size
    d2 = np.where(mask(Z2.shape, 2) & (Z2 > 0), W3.T @ d3 / KEEP, 0)
    d1 = np.where(mask(Z1.shape, 1) & (Z1 > 0), W2.T @ d2 / KEEP, 0)
    sums = [d.sum(axis=1, keepdims=True) for d in (d1, d2, d3)]
    return pack(d1 @ X.T + k * W1, sums[0], d2 @ A1.T + k * W2, sums[1], d3 @ A2.T + k * W3, sums[2])


def backprop(X, Y, W1, b1, W2, b2, W3, b3):
    params = pack(W1, b1, W2, b2, W3, b3)
    AL, caches = forward(X, params)
    m, out = X.shape[1], {}
    dZ = (AL - Y) / m
    for l in range(3, 0, -1):
        A_prev, W = caches[l - 1][0], params[f"W{l}"]
        out[f"b{l}"] = dZ.sum(axis=1)[:, None]
        out[f"W{l}"] = dZ @ A_prev.T + 2 * LAMBD / m * W
        if l > 1:
            Z = caches[l - 2][1]
            dZ = (W.T @ dZ) * mask(Z.shape, l - 1) / KEEP * (Z > 0)
    return out


PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(3, 7)), (rng.random((1, 7)) > 0.5) * 1.0
    return [X, Y, *(0.7 * rng.normal(size=s) for s in [(5, 3), (5, 1), (5, 5), (5, 1), (1, 5), (1, 1)])]

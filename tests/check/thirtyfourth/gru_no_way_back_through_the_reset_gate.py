"""A GRU with stacked gates (z, r, n) and a squared error on the last state.

expected kind: missing-term or detached
wrong line: 67
correction 67: dh = dh * z + drh * r + U[:2 * H].T @ da[:2 * H]
what: the state before gets nothing of what came through the reset gate: only the update gate's part is multiplied by its U
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

H = 4


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def forward(xs, W, U, b):
    h, caches = np.zeros((H, xs.shape[2])), []
    for x in xs:
        z = sigmoid(W[:H] @ x + U[:H] @ h + b[:H])
        r = sigmoid(W[H:2 * H] @ x + U[H:2 * H] @ h + b[H:2 * H])
        n = np.tanh(W[2 * H:] @ x + U[2 * H:] @ (r * h) + b[2 * H:])
        caches.append((x, h, z, r, n))
        h = z * h + (1 - z) * n
    return h, caches


def loss(xs, target, W, U, b):
    h, _ = forward(xs, W, U, b)
    return 0.5 * np.sum((h - target) ** 2)


def right(xs, target, W, U, b):
    h, caches = forward(xs, W, U, b)
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dh = h - target
    for x, h_prev, z, r, n in reversed(caches):
        dn = dh * (1 - z) * (1 - n ** 2)
        dz = dh * (h_prev - n) * z * (1 - z)
        drh = U[2 * H:].T @ dn
        dr = drh * h_prev * r * (1 - r)
        da = np.concatenate((dz, dr, dn))
        dW += da @ x.T
        db += da.sum(axis=1, keepdims=True)
        dU[:2 * H] += da[:2 * H] @ h_prev.T
        dU[2 * H:] += dn @ (r * h_prev).T
        dh = dh * z + drh * r + U[:2 * H].T @ da[:2 * H]
    return dW, dU, db


def backprop(xs, target, W, U, b):
    h, caches = forward(xs, W, U, b)
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dh = h - target
    for x, h_prev, z, r, n in reversed(caches):
        dn = dh * (1 - z) * (1 - n ** 2)
        dz = dh * (h_prev - n) * z * (1 - z)
        drh = U[2 * H:].T @ dn
        dr = drh * h_prev * r * (1 - r)
        da = np.concatenate((dz, dr, dn))
        dW += da @ x.T
        db += da.sum(axis=1, keepdims=True)
        dU[:2 * H] += da[:2 * H] @ h_prev.T
        dU[2 * H:] += dn @ (r * h_prev).T
        dh = dh * z + drh * r + U[:H].T @ dz
    return dW, dU, db


PARAMETERS = ["W", "U", "b"]


def data(seed=0):
    g = np.random.default_rng(seed)
    return [g.normal(size=(5, 3, 2)), g.normal(size=(H, 2)), g.normal(size=(3 * H, 3)), g.normal(size=(3 * H, H)), g.normal(size=(3 * H, 1))]

"""Gru candidate by the gate and not the rest.

expected kind: wrong-point or missing-term or wrong-parameter
wrong line: 83 or 85
correction 83: dn = dh * (1 - z)
correction 85: dan = dh * (1 - z) * (1 - n**2)
what: The candidate's share of the state is taken for the update gate, and is one less it
source: https://github.com/mindspore-ai/mindspore/issues/149
said: one less the gate and the gate should be the other way round in the last equation
"""

import numpy as np

PARAMETERS = ["W", "U", "b", "c", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, D, T, N = 3, 2, 3, 5
    W, U = r.normal(size=(3 * H, D)), r.normal(size=(3 * H, H))
    b, c, v = r.normal(size=3 * H), r.normal(size=H), r.normal(size=H)
    return W, U, b, c, v, r.normal(size=(T, N, D)), r.normal(size=N)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(W, U, b, c, v, X, y):
    H = len(c)
    h = np.zeros((X.shape[1], H))
    for x in X:
        ax, ah = x @ W.T + b, h @ U.T
        r = sigmoid(ax[:, :H] + ah[:, :H])
        z = sigmoid(ax[:, H : 2 * H] + ah[:, H : 2 * H])
        n = np.tanh(ax[:, 2 * H :] + r * (ah[:, 2 * H :] + c))
        h = (1 - z) * n + z * h
    return 0.5 * np.mean((h @ v - y) ** 2)


def right(W, U, b, c, v, X, y):
    H = c.size
    T, N, _ = X.shape
    Wr, Wz, Wn = W[:H], W[H : 2 * H], W[2 * H :]
    Ur, Uz, Un = U[:H], U[H : 2 * H], U[2 * H :]
    hs, rs, zs, ns = [np.zeros((N, H))], [], [], []
    for t in range(T):
        rs.append(sigmoid(X[t] @ Wr.T + hs[t] @ Ur.T + b[:H]))
        zs.append(sigmoid(X[t] @ Wz.T + hs[t] @ Uz.T + b[H : 2 * H]))
        ns.append(np.tanh(X[t] @ Wn.T + b[2 * H :] + rs[t] * (hs[t] @ Un.T + c)))
        hs.append((1 - zs[t]) * ns[t] + zs[t] * hs[t])
    grads = {"W": 0, "U": 0, "b": 0, "c": 0}
    err = (hs[T] @ v - y)[:, None] / N
    grads["v"] = np.sum(err * hs[T], axis=0)
    dh = err * v
    for t in reversed(range(T)):
        d_n = dh * (1 - zs[t]) * (1 - ns[t] ** 2)
        d_z = dh * (hs[t] - ns[t]) * zs[t] * (1 - zs[t])
        d_r = d_n * (hs[t] @ Un.T + c) * rs[t] * (1 - rs[t])
        d_x = np.concatenate((d_r, d_z, d_n), axis=1)
        grads["W"] = grads["W"] + d_x.T @ X[t]
        grads["b"] = grads["b"] + d_x.sum(axis=0)
        grads["U"] = grads["U"] + np.vstack((d_r.T @ hs[t], d_z.T @ hs[t], (d_n * rs[t]).T @ hs[t]))
        grads["c"] = grads["c"] + (d_n * rs[t]).sum(axis=0)
        dh = dh * zs[t] + d_r @ Ur + d_z @ Uz + (d_n * rs[t]) @ Un
    return grads


def split(a):
    return np.split(a, 3, axis=-1)


def cell(x, h, W, U, b, c):
    xr, xz, xn = split(x.dot(W.T) + b)
    hr, hz, hn = split(h.dot(U.T))
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    n = np.tanh(xn + r * (hn + c))
    return (1 - z) * n + z * h, (x, h, r, z, n, hn + c)


def cell_backward(dh, cache, U):
    x, h, r, z, n, m = cache
    dn = dh * z
    dz = dh * (h - n)
    dan = dn * (1 - n**2)
    daz = dz * z * (1 - z)
    dm = dan * r
    dar = dan * m * r * (1 - r)
    dax = np.hstack([dar, daz, dan])
    dah = np.hstack([dar, daz, dm])
    return dh * z + dah.dot(U), dax.T.dot(x), dah.T.dot(h), dax.sum(axis=0), dm.sum(axis=0)


def backprop(W, U, b, c, v, X, y):
    h, caches = np.zeros((X.shape[1], len(c))), []
    for x in X:
        h, cache = cell(x, h, W, U, b, c)
        caches.append(cache)
    err = (h.dot(v) - y) / len(y)
    dv = h.T.dot(err)
    dh = np.outer(err, v)
    dW, dU, db, dc = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b), np.zeros_like(c)
    for cache in reversed(caches):
        dh, gW, gU, gb, gc = cell_backward(dh, cache, U)
        dW += gW
        dU += gU
        db += gb
        dc += gc
    return dW, dU, db, dc, dv

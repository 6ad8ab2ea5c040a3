"""Combined gru update gate by the candidate alone and examples summed.

expected kind: missing-term or wrong-point + sum-for-mean or scale
wrong line: 88 and 105
correction 88: da[:2] = dh * (c - h_prev) * z * (1 - z)
correction 105: ds = -y / (1 + np.exp(y * v.dot(h))) / len(labels)
what: The update gate lacks the old state that it lets go; the loss is a mean over the examples, its gradient a sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "U", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [r.normal(size=s) for s in ((6, 3), (6, 2), 6, 2)]
    return *weights, r.normal(size=(4, 3, 3)), np.array([1.0, -1.0, 1.0])


def loss(W, U, b, v, X, labels):
    h = np.zeros((3, 2))
    for x in X:
        a = x @ W.T + b
        z = 1 / (1 + np.exp(-(a[:, :2] + h @ U[:2].T)))
        r = 1 / (1 + np.exp(-(a[:, 2:4] + h @ U[2:4].T)))
        c = np.tanh(a[:, 4:] + (r * h) @ U[4:].T)
        h = (1 - z) * h + z * c
    return np.mean(np.log(1 + np.exp(-labels * (h @ v))))


def sigm(x):
    return 1 / (1 + np.exp(-x))


def right(W, U, b, v, X, labels):
    Wz, Wr, Wc = np.split(W, 3)
    Uz, Ur, Uc = np.split(U, 3)
    bz, br, bc = np.split(b, 3)
    T, N = X.shape[:2]
    H = np.zeros((T + 1, N, 2))
    Z, R, C = np.zeros((3, T, N, 2))
    for t in range(T):
        Z[t] = sigm(X[t] @ Wz.T + H[t] @ Uz.T + bz)
        R[t] = sigm(X[t] @ Wr.T + H[t] @ Ur.T + br)
        C[t] = np.tanh(X[t] @ Wc.T + (R[t] * H[t]) @ Uc.T + bc)
        H[t + 1] = (1 - Z[t]) * H[t] + Z[t] * C[t]

    dlogit = -labels * sigm(-labels * (H[T] @ v)) / N
    dv = H[T].T @ dlogit
    dh = np.outer(dlogit, v)
    dWz, dWr, dWc = (np.zeros_like(Wz) for _ in range(3))
    dUz, dUr, dUc = (np.zeros_like(Uz) for _ in range(3))
    dbz, dbr, dbc = (np.zeros_like(bz) for _ in range(3))
    for t in range(T - 1, -1, -1):
        dz = dh * (C[t] - H[t]) * Z[t] * (1 - Z[t])
        dc = dh * Z[t] * (1 - C[t] ** 2)
        drh = dc @ Uc
        dr = drh * H[t] * R[t] * (1 - R[t])
        dWz += dz.T @ X[t]
        dWr += dr.T @ X[t]
        dWc += dc.T @ X[t]
        dUz += dz.T @ H[t]
        dUr += dr.T @ H[t]
        dUc += dc.T @ (R[t] * H[t])
        dbz += dz.sum(0)
        dbr += dr.sum(0)
        dbc += dc.sum(0)
        dh = dh * (1 - Z[t]) + dz @ Uz + dr @ Ur + drh * R[t]
    return np.vstack((dWz, dWr, dWc)), np.vstack((dUz, dUr, dUc)), np.hstack((dbz, dbr, dbc)), dv


def gru_forward(x, h_prev, W, U, b):
    a = W.dot(x) + b
    a[:4] += U[:4].dot(h_prev)
    gates = 1.0 / (1.0 + np.exp(-a[:4]))
    z, r = gates[:2], gates[2:]
    c = np.tanh(a[4:] + U[4:].dot(r * h_prev))
    return h_prev + z * (c - h_prev), (x, h_prev, z, r, c)


def gru_backward(dh, cache, U, dW, dU, db):
    x, h_prev, z, r, c = cache
    da = np.zeros(6)
    da[4:] = dh * z * (1 - c * c)
    da[:2] = dh * c * z * (1 - z)
    dreset = U[4:].T.dot(da[4:])
    da[2:4] = dreset * h_prev * r * (1 - r)
    dW += np.outer(da, x)
    dU[:4] += np.outer(da[:4], h_prev)
    dU[4:] += np.outer(da[4:], r * h_prev)
    db += da
    return dh * (1 - z) + dreset * r + U[:4].T.dot(da[:4])


def backprop(W, U, b, v, X, labels):
    dW, dU, db, dv = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b), np.zeros_like(v)
    for n, y in enumerate(labels):
        h, caches = np.zeros(2), []
        for t in range(len(X)):
            h, cache = gru_forward(X[t, n], h, W, U, b)
            caches.append(cache)
        ds = -y / (1 + np.exp(y * v.dot(h)))
        dv += ds * h
        dh = ds * v
        for cache in reversed(caches):
            dh = gru_backward(dh, cache, U, dW, dU, db)
    return [dW, dU, db, dv]

"""Grubatch candidate not reset on the way back.

expected kind: missing-factor
wrong line: 82
correction 82: dgh = np.concatenate([dz, dr, dn * r], axis=1)
what: The product of the state with the weights of the candidate is given the gradient without the reset gate
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wx", "Wh", "b", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wx, Wh, b = r.normal(size=(2, 9)), 0.8 * r.normal(size=(3, 9)), r.normal(size=9)
    return Wx, Wh, b, r.normal(size=3), r.normal(size=(3, 5, 2)), np.array([1, 0, 1, 1, 0])


def loss(Wx, Wh, b, v, xs, y):
    h = np.zeros((len(y), 3))
    for x in xs:
        gx, gh = x @ Wx + b, h @ Wh
        z = 1 / (1 + np.exp(-(gx[:, :3] + gh[:, :3])))
        r = 1 / (1 + np.exp(-(gx[:, 3:6] + gh[:, 3:6])))
        n = np.tanh(gx[:, 6:] + r * gh[:, 6:])
        h = (1 - z) * h + z * n
    return np.mean(np.log(1 + np.exp(-(2 * y - 1) * (h @ v))))


def right(Wx, Wh, b, v, xs, y):
    T, N, H = len(xs), len(y), len(v)
    sl = {"z": slice(0, H), "r": slice(H, 2 * H), "n": slice(2 * H, 3 * H)}
    h = np.zeros((T + 1, N, H))
    z, r, n, q = (np.zeros((T, N, H)) for _ in range(4))
    for t in range(T):
        z[t] = 1 / (1 + np.exp(-(xs[t] @ Wx[:, sl["z"]] + h[t] @ Wh[:, sl["z"]] + b[sl["z"]])))
        r[t] = 1 / (1 + np.exp(-(xs[t] @ Wx[:, sl["r"]] + h[t] @ Wh[:, sl["r"]] + b[sl["r"]])))
        q[t] = h[t] @ Wh[:, sl["n"]]
        n[t] = np.tanh(xs[t] @ Wx[:, sl["n"]] + b[sl["n"]] + r[t] * q[t])
        h[t + 1] = h[t] + z[t] * (n[t] - h[t])
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)
    sign = 2 * y - 1
    ds = -sign / (1 + np.exp(sign * (h[T] @ v))) / N
    dv = ds @ h[T]
    dh = ds[:, None] * v
    for t in reversed(range(T)):
        da = {"n": dh * z[t] * (1 - n[t] ** 2)}
        da["z"] = dh * (n[t] - h[t]) * z[t] * (1 - z[t])
        da["r"] = da["n"] * q[t] * r[t] * (1 - r[t])
        dh = dh * (1 - z[t])
        for gate, d in da.items():
            dWx[:, sl[gate]] += xs[t].T @ d
            db[sl[gate]] += d.sum(axis=0)
            back = d * r[t] if gate == "n" else d
            dWh[:, sl[gate]] += h[t].T @ back
            dh += back @ Wh[:, sl[gate]].T
    return dWx, dWh, db, dv


def sigmoid(v):
    return 1 / (1 + np.exp(-v))


def gru_forward(x, h, Wx, Wh, b):
    H = h.shape[1]
    gx, gh = np.dot(x, Wx) + b, np.dot(h, Wh)
    z = sigmoid(gx[:, :H] + gh[:, :H])
    r = sigmoid(gx[:, H : 2 * H] + gh[:, H : 2 * H])
    n = np.tanh(gx[:, 2 * H :] + r * gh[:, 2 * H :])
    return (1 - z) * h + z * n, (x, h, z, r, n, gh[:, 2 * H :])


def gru_backward(dh_next, cache, Wx, Wh):
    x, h, z, r, n, hn = cache
    dn = dh_next * z * (1 - n**2)
    dz = dh_next * (n - h) * z * (1 - z)
    dr = dn * hn * r * (1 - r)
    dgx = np.concatenate([dz, dr, dn], axis=1)
    dgh = np.concatenate([dz, dr, dn], axis=1)
    dWx = np.dot(x.T, dgx)
    dWh = np.dot(h.T, dgh)
    db = dgx.sum(axis=0)
    dh = dh_next * (1 - z) + np.dot(dgh, Wh.T)
    return dh, dWx, dWh, db


def backprop(Wx, Wh, b, v, xs, y):
    h, caches = np.zeros((len(y), len(v))), []
    for x in xs:
        h, cache = gru_forward(x, h, Wx, Wh, b)
        caches.append(cache)
    ds = (sigmoid(h @ v) - y) / len(y)
    dv = h.T @ ds
    dh = np.outer(ds, v)
    grads = [0, 0, 0]
    while caches:
        dh, *step = gru_backward(dh, caches.pop(), Wx, Wh)
        grads = [g + s for g, s in zip(grads, step)]
    return *grads, dv

"""Combined attention keys not transposed and values past the input.

expected kind: transpose + missing-term
wrong line: 85 and 86 or 87 or 88 or 91
correction 85: dK[:, c] = np.dot(dS.T, Q[:, c]) / np.sqrt(d)
correction 86: dx = dout + np.dot(dV, Wv.T)
correction 87: dx += np.dot(dQ, Wq.T) + np.dot(dV, Wv.T)
correction 88: dx += np.dot(dK, Wk.T) + np.dot(dV, Wv.T)
correction 91: return dx + np.dot(dV, Wv.T), dW, du
what: The keys are reached through the scores as they stand, not turned around; and what the values send back to the
    words is forgotten
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["x", "W", "u"]

n_head = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    x, W, u = (r.normal(size=s) for s in [(4, 6), (6, 18), 6])
    return x, W, 0.7 * u, np.array([1, 0, 1, 1]), np.tril(np.ones((4, 4), dtype=int))


def loss(x, W, u, y, mask):
    T, C = x.shape
    qkv = x @ W
    q, k, v = (
        np.transpose(np.reshape(qkv[:, i * C : (i + 1) * C], (T, n_head, C // n_head)), (1, 0, 2)) for i in range(3)
    )
    e = np.exp(q @ np.transpose(k, (0, 2, 1)) / np.sqrt(C // n_head)) * mask
    context = e / np.sum(e, axis=2, keepdims=True) @ v
    z = (x + np.reshape(np.transpose(context, (1, 0, 2)), (T, C))) @ u
    return np.mean(np.log(1 + np.exp(z)) - y * z)


def right(x, W, u, y, mask):
    T, C = x.shape
    d = C // n_head
    scale = d**-0.5
    q, k, v = (part.reshape(T, n_head, d).swapaxes(0, 1) for part in np.split(x @ W, 3, axis=1))
    s = np.where(mask, q @ k.swapaxes(1, 2) * scale, -np.inf)
    p = np.exp(s - s.max(axis=2, keepdims=True))
    p = p / p.sum(axis=2, keepdims=True)
    o = x + (p @ v).swapaxes(0, 1).reshape(T, C)

    dz = (1 / (1 + np.exp(-(o @ u))) - y) / T
    du = o.T @ dz
    do = np.outer(dz, u)
    dctx = do.reshape(T, n_head, d).swapaxes(0, 1)
    dp = dctx @ v.swapaxes(1, 2)
    ds = p * (dp - (dp * p).sum(axis=2, keepdims=True))
    ds = ds * scale
    dq, dk, dv = ds @ k, ds.swapaxes(1, 2) @ q, p.swapaxes(1, 2) @ dctx
    dqkv = np.concatenate([part.swapaxes(0, 1).reshape(T, C) for part in (dq, dk, dv)], axis=1)
    return do + dqkv @ W.T, x.T @ dqkv, du


def backprop(x, W, u, y, mask):
    T, C = x.shape
    d = C // n_head
    Wq, Wk, Wv = W[:, :C], W[:, C : 2 * C], W[:, 2 * C :]
    Q, K, V = np.dot(x, Wq), np.dot(x, Wk), np.dot(x, Wv)
    A, out = [], x.copy()
    for h in range(n_head):
        c = slice(h * d, (h + 1) * d)
        S = np.dot(Q[:, c], K[:, c].T) / np.sqrt(d)
        E = np.exp(S) * mask
        A.append(E / E.sum(axis=1, keepdims=True))
        out[:, c] += np.dot(A[h], V[:, c])
    prob = 1 / (1 + np.exp(-np.dot(out, u)))
    err = (prob - y) / T
    dout = err[:, None] * u
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for h in range(n_head):
        c = slice(h * d, (h + 1) * d)
        dV[:, c] = np.dot(A[h].T, dout[:, c])
        dA = np.dot(dout[:, c], V[:, c].T)
        dS = A[h] * (dA - np.sum(dA * A[h], axis=1, keepdims=True))
        dQ[:, c] = np.dot(dS, K[:, c]) / np.sqrt(d)
        dK[:, c] = np.dot(dS, Q[:, c]) / np.sqrt(d)
    dx = dout.copy()
    dx += np.dot(dQ, Wq.T)
    dx += np.dot(dK, Wk.T)
    dW = np.dot(x.T, np.hstack([dQ, dK, dV]))
    du = np.dot(err, out)
    return dx, dW, du

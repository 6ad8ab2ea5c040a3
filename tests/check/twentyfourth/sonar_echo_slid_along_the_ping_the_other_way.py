"""Sonar echo slid along the ping the other way.

expected kind: reversed or swapped-operands
wrong line: 99
correction 99: dK[f, c] += np.correlate(padded[c], dz[f], "valid")
what: The two operands of the cross-correlation are exchanged, which gives the gradient of the kernel from its end to its start
source: https://end-to-end-machine-learning.teachable.com/courses/322-convolutional-neural-networks-in-two-dimensions/lectures/24726662
said: in the cross-correlation of the output's gradient and the inputs the order of the arguments was wrong, and the gradient of the weights reversed
"""

import numpy as np

PARAMETERS = ["M", "K", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    M, K, b, V = r.normal(size=(2, 3)), r.normal(size=(4, 2, 3)), 0.3 * r.normal(size=4), 0.5 * r.normal(size=(4, 7))
    return M, K, b, V, r.normal(size=(5, 3, 7)), r.normal(size=5)


def loss(M, K, b, V, pings, depth):
    # microphones are mixed to two channels, then windows of three by im2col, one zero at each end
    x = M @ pings
    N, C, T = x.shape
    edge = np.zeros((N, C, 1), dtype=x.dtype)
    padded = np.concatenate([edge, x, edge], axis=2)
    cols = np.concatenate([padded[:, :, k : k + T].reshape(N, C, 1, T) for k in range(3)], axis=2)
    maps = np.maximum(K.reshape(len(K), 3 * C) @ cols.reshape(N, 3 * C, T) + b.reshape(-1, 1), 0)
    return np.mean((np.sum(maps * V, axis=(1, 2)) - depth) ** 2)


class Conv1D:
    """Windows as rows: (N * T, C * 3)."""

    def __init__(self, K, b, pad=1):
        self.K, self.b, self.pad = K, b, pad

    def im2col(self, x):
        N, C, T = x.shape
        wide = np.zeros((N, C, T + 2 * self.pad))
        wide[:, :, self.pad : -self.pad] = x
        rows = np.empty((N, T, C, 3))
        for t in range(T):
            rows[:, t] = wide[:, :, t : t + 3]
        return rows.reshape(N * T, C * 3)

    def col2im(self, rows, shape):
        N, C, T = shape
        wide, rows = np.zeros((N, C, T + 2 * self.pad)), rows.reshape(N, T, C, 3)
        for t in range(T):
            wide[:, :, t : t + 3] += rows[:, t]
        return wide[:, :, self.pad : T + self.pad]

    def forward(self, x):
        self.shape, self.rows = x.shape, self.im2col(x)
        out = self.rows @ self.K.reshape(len(self.K), -1).T + self.b
        return out.reshape(x.shape[0], x.shape[2], -1).transpose(0, 2, 1)

    def backward(self, dout):
        flat = dout.transpose(0, 2, 1).reshape(-1, len(self.K))
        self.dK = (flat.T @ self.rows).reshape(self.K.shape)
        self.db = flat.sum(axis=0)
        return self.col2im(flat @ self.K.reshape(len(self.K), -1), self.shape)


def right(M, K, b, V, pings, depth):
    conv = Conv1D(K, b)
    z = conv.forward(np.einsum("cm,nmt->nct", M, pings))
    a = z * (z > 0)
    dguess = 2 / len(depth) * (np.einsum("nft,ft->n", a, V) - depth)
    dx = conv.backward(dguess[:, None, None] * V * (z > 0))
    return {"M": np.einsum("nct,nmt->cm", dx, pings), "K": conv.dK, "b": conv.db, "V": np.einsum("n,nft->ft", dguess, a)}


def hear(x, K, b):
    """The maps of one ping before they are rectified."""
    z = np.zeros((len(K), x.shape[1]))
    padded = np.pad(x, ((0, 0), (1, 1)))
    for f in range(len(K)):
        for c in range(len(x)):
            z[f] += np.correlate(padded[c], K[f, c], "valid")
        z[f] += b[f]
    return padded, z


def backprop(M, K, b, V, pings, depth):
    dM, dK, db, dV = np.zeros_like(M), np.zeros_like(K), np.zeros_like(b), np.zeros_like(V)
    for ping, d in zip(pings, depth):
        padded, z = hear(M @ ping, K, b)
        maps = np.maximum(z, 0)
        err = 2 * (np.sum(maps * V) - d) / len(depth)
        dV += err * maps
        dz = err * V * (z > 0)
        db += dz.sum(axis=1)
        dpadded = np.zeros_like(padded)
        for f in range(len(K)):
            for c in range(len(padded)):
                dK[f, c] += np.correlate(dz[f], padded[c], "valid")
                dpadded[c] += np.convolve(dz[f], K[f, c])
        dM += dpadded[:, 1:-1] @ ping.T
    return dM, dK, db, dV

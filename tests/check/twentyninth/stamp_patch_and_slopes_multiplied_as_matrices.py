"""Stamp patch and slopes multiplied as matrices.

expected kind: matmul-for-elementwise
wrong line: 125
correction 125: dK[f, i, j] += np.sum(a_slice * dz[n, f])
what: The patch and the slopes are multiplied as matrices before they are summed
source: https://community.deeplearning.ai/t/c4w1-optional-assignment-1-back-propagation/863333
said: uses np.dot on slices in the gradient of the filter; told that a star there means element by element
"""

import numpy as np

PARAMETERS = ["K", "b", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # five stamps of seven by seven, two filters, and what a stamp was sold for
    K, b, V = 0.6 * r.normal(size=(2, 3, 3)), 0.3 * r.normal(size=2), r.normal(size=(2, 2, 2))
    return K, b, V, 0.4 * r.normal(size=1), r.normal(size=(5, 7, 7)), r.normal(size=5)


def loss(K, b, V, c, stamps, price):
    z = b[:, None, None]
    # a window of three by three at every second place
    for i in range(3):
        for j in range(3):
            z = z + stamps[:, None, i : i + 5 : 2, j : j + 5 : 2] * K[:, i, j][:, None, None]
    a = np.tanh(z)
    pooled = (a[:, :, :2, :2] + a[:, :, 1:, :2] + a[:, :, :2, 1:] + a[:, :, 1:, 1:]) / 4
    guess = np.sum(pooled * V, axis=(1, 2, 3)) + c
    return 0.5 * np.mean((guess - price) ** 2)


STRIDE = 2


def distribute_value(dz, shape):
    n_H, n_W = shape
    average = dz / (n_H * n_W)
    return np.ones(shape) * average


def pool_backward(dA):
    m, n_C, n_H, n_W = dA.shape
    dA_prev = np.zeros((m, n_C, n_H + 1, n_W + 1))
    for i in range(m):
        for c in range(n_C):
            for h in range(n_H):
                for w in range(n_W):
                    dA_prev[i, c, h : h + 2, w : w + 2] += distribute_value(dA[i, c, h, w], (2, 2))
    return dA_prev


def forward(K, b, stamps):
    m, f = len(stamps), K.shape[1]
    side = (stamps.shape[1] - f) // STRIDE + 1
    Z = np.zeros((m, len(K), side, side))
    for h in range(side):
        for w in range(side):
            top, left = h * STRIDE, w * STRIDE
            window = stamps[:, top : top + f, left : left + f]
            Z[:, :, h, w] = np.tensordot(window, K, axes=([1, 2], [1, 2])) + b
    A = np.tanh(Z)
    P = np.zeros((m, len(K), side - 1, side - 1))
    for h in range(side - 1):
        for w in range(side - 1):
            P[:, :, h, w] = A[:, :, h : h + 2, w : w + 2].mean(axis=(2, 3))
    return A, P


def right(K, b, V, c, stamps, price):
    A, P = forward(K, b, stamps)
    m = len(stamps)
    dguess = ((P * V).sum(axis=(1, 2, 3)) + c - price) / m
    dV = np.tensordot(dguess, P, axes=1)
    dc = np.array([dguess.sum()])
    dP = dguess[:, None, None, None] * V
    dZ = pool_backward(dP) * (1 - A**2)
    dK, db = np.zeros(K.shape), np.zeros(b.shape)
    f = K.shape[1]
    for i in range(m):
        for filt in range(len(K)):
            for h in range(dZ.shape[2]):
                for w in range(dZ.shape[3]):
                    top, left = h * STRIDE, w * STRIDE
                    dK[filt] += dZ[i, filt, h, w] * stamps[i, top : top + f, left : left + f]
            db[filt] += dZ[i, filt].sum()
    return {"K": dK, "b": db, "V": dV, "c": dc}


class StampNet:
    """Convolution with steps of two, tanh, means over overlapping squares, a weighted sum."""

    def __init__(self, K, b, V, c):
        self.K, self.b, self.V, self.c = K, b, V, c

    def patch(self, x, i, j):
        # all that the element i, j of a filter is laid upon
        return x[..., i : i + 5 : 2, j : j + 5 : 2]

    def forward(self, x):
        self.x = x
        z = np.zeros((len(x), 2, 3, 3)) + self.b.reshape(1, 2, 1, 1)
        for i, j in np.ndindex(3, 3):
            z += self.patch(x, i, j)[:, None] * self.K[:, i, j].reshape(1, 2, 1, 1)
        self.a = np.tanh(z)
        self.pooled = np.zeros((len(x), 2, 2, 2))
        for i, j in np.ndindex(2, 2):
            self.pooled += 0.25 * self.a[:, :, i : i + 2, j : j + 2]
        return np.einsum("nfxy,fxy->n", self.pooled, self.V) + self.c

    def backward(self, dguess):
        dV = np.einsum("n,nfxy->fxy", dguess, self.pooled)
        dpooled = np.einsum("n,fxy->nfxy", dguess, self.V)
        da = np.zeros(self.a.shape)
        for i, j in np.ndindex(2, 2):
            da[:, :, i : i + 2, j : j + 2] += 0.25 * dpooled
        dz = da * (1 - self.a * self.a)
        dK = np.zeros(self.K.shape)
        for n in range(len(self.x)):
            for f in range(len(self.K)):
                for i, j in np.ndindex(3, 3):
                    a_slice = self.patch(self.x[n], i, j)
                    dK[f, i, j] += np.sum(np.dot(a_slice, dz[n, f]))
        return dK, dz.sum(axis=(0, 2, 3)), dV, np.array([dguess.sum()])


def backprop(K, b, V, c, stamps, price):
    net = StampNet(K, b, V, c)
    guess = net.forward(stamps)
    return net.backward((guess - price) / price.size)

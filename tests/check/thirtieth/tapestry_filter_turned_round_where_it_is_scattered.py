"""Tapestry filter turned round where it is scattered.

expected kind: reversed
wrong line: 97
correction 97: piece += np.einsum("nfxy,fc->ncxy", dz, K[:, :, i, j])
what: The filter is turned by half a turn, though its gradient is scattered to the windows and needs it as it is
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K1", "K2", "V", "d"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # four tapestries in two colours, six by six; age and worth
    K1, K2 = 0.4 * r.normal(size=(3, 2, 3, 3)), 0.5 * r.normal(size=(2, 3, 3, 3))
    return K1, K2, r.normal(size=(2, 2)), r.normal(size=2), r.normal(size=(4, 2, 6, 6)), r.normal(size=(4, 2))


def loss(K1, K2, V, d, cloth, told):
    maps = cloth
    for K in (K1, K2):
        side, out = maps.shape[2] - 2, 0.0
        for i in range(3):
            for j in range(3):
                out = out + np.einsum("ncxy,fc->nfxy", maps[:, :, i : i + side, j : j + side], K[:, :, i, j])
        maps = np.tanh(out)
    y = np.mean(maps, axis=(2, 3)) @ V + d
    return 0.5 * np.sum((y - told) ** 2) / cloth.shape[0]


class ConvTanh:
    """One picture at a time; the gradient of the filters is gathered until it is asked for."""

    def __init__(self, K):
        self.K = K
        self.dK = np.zeros(K.shape)

    def forward(self, x):
        filters, _, k, _ = self.K.shape
        side = x.shape[1] - k + 1
        self.x, self.a = x, np.zeros((filters, side, side))
        for f in range(filters):
            for i in range(side):
                for j in range(side):
                    self.a[f, i, j] = np.tanh(np.sum(self.K[f] * x[:, i : i + k, j : j + k]))
        return self.a

    def backward(self, da):
        dz = da * (1 - self.a**2)
        dx, dK = np.zeros(self.x.shape), np.zeros(self.K.shape)
        k = self.K.shape[2]
        for f, i, j in np.ndindex(dz.shape):
            dK[f] += dz[f, i, j] * self.x[:, i : i + k, j : j + k]
            dx[:, i : i + k, j : j + k] += dz[f, i, j] * self.K[f]
        self.dK = self.dK + dK
        return dx


def mean_pool_backward(dm, shape):
    return np.ones(shape) * dm[:, None, None] / (shape[1] * shape[2])


def right(K1, K2, V, d, cloth, told):
    one, two = ConvTanh(K1), ConvTanh(K2)
    dV, dd = np.zeros(V.shape), np.zeros(d.shape)
    for x, t in zip(cloth, told):
        maps = two.forward(one.forward(x))
        m = maps.mean(axis=(1, 2))
        dy = (m @ V + d - t) / len(cloth)
        dV += np.outer(m, dy)
        dd += dy
        dmaps = mean_pool_backward(V @ dy, maps.shape)
        one.backward(two.backward(dmaps))
    return one.dK, two.dK, dV, dd


def windows(x, i, j, side):
    return x[:, :, i : i + side, j : j + side]


def conv(x, K):
    side = x.shape[2] - 2
    return sum(np.einsum("ncxy,fc->nfxy", windows(x, i, j, side), K[:, :, i, j]) for i in range(3) for j in range(3))


def conv_back(dz, x, K):
    side = dz.shape[2]
    dx, dK = np.zeros_like(x), np.zeros_like(K)
    for i in range(3):
        for j in range(3):
            dK[:, :, i, j] = np.einsum("nfxy,ncxy->fc", dz, windows(x, i, j, side))
            piece = windows(dx, i, j, side)
            piece += np.einsum("nfxy,fc->ncxy", dz, K[:, :, 2 - i, 2 - j])
    return dx, dK


def backprop(K1, K2, V, d, cloth, told):
    n = cloth.shape[0]
    a1 = np.tanh(conv(cloth, K1))
    a2 = np.tanh(conv(a1, K2))
    pooled = a2.mean(axis=(2, 3))
    error = (pooled @ V + d - told) / n
    grads = {"V": pooled.T @ error, "d": error.sum(axis=0)}

    area = a2.shape[2] * a2.shape[3]
    da2 = np.broadcast_to((error @ V.T / area)[:, :, None, None], a2.shape)
    da1, grads["K2"] = conv_back(da2 * (1 - a2 * a2), a1, K2)
    _, grads["K1"] = conv_back(da1 * (1 - a1 * a1), cloth, K1)
    return grads

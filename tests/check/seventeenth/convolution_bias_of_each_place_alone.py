"""Convolution bias of each place alone.

expected kind: missing-term or wrong-mask or missing-sum or missing-factor or scale
wrong line: 93
correction 93: self.db[f] += d
what: The bias keeps what its last place says, instead of the sum over all places
source: https://github.com/wkcn/mobula/issues/1
said: there is a mistake in the bias of the layer
"""

import numpy as np

PARAMETERS = ["F1", "F2", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 2, 2, 2)), r.normal(size=(3, 2, 2)), r.normal(size=3), r.normal(size=(2, 2, 5, 5)), r.normal(size=(2, 3, 3))


def loss(F1, F2, c, X, Y):
    hidden = []
    for f in range(3):
        a = c[f]
        for i in range(2):
            for j in range(2):
                a = a + X[:, 0, i : i + 4, j : j + 4] * F1[f, 0, i, j] + X[:, 1, i : i + 4, j : j + 4] * F1[f, 1, i, j]
        hidden.append(np.tanh(a))
    out = 0
    for f in range(3):
        for i in range(2):
            for j in range(2):
                out = out + hidden[f][:, i : i + 3, j : j + 3] * F2[f, i, j]
    return np.sum((out - Y) ** 2)


def windows(x, k, out):
    n, C = x.shape[:2]
    w = np.zeros((n, C, k, k, out, out))
    for i in range(k):
        for j in range(k):
            w[:, :, i, j] = x[:, :, i : i + out, j : j + out]
    return w


def scatter(dw, size):
    n, C, k, _, out, _ = dw.shape
    dx = np.zeros((n, C, size, size))
    for i in range(k):
        for j in range(k):
            dx[:, :, i : i + out, j : j + out] += dw[:, :, i, j]
    return dx


def right(F1, F2, c, X, Y):
    w1 = windows(X, 2, 4)
    h = np.tanh(np.einsum("ncijxy,fcij->nfxy", w1, F1) + c[:, None, None])
    w2 = windows(h, 2, 3)
    out = np.einsum("nfijxy,fij->nxy", w2, F2)
    dout = 2 * (out - Y)
    dF2 = np.einsum("nfijxy,nxy->fij", w2, dout)
    dh = scatter(np.einsum("fij,nxy->nfijxy", F2, dout), 4)
    da = dh * (1 - h**2)
    dF1 = np.einsum("ncijxy,nfxy->fcij", w1, da)
    return dF1, dF2, da.sum(axis=(0, 2, 3))


class Conv:
    def __init__(self, F, b):
        self.F, self.b = F, b

    def forward(self, x):
        self.x = x
        n, k = x.shape[0], self.F.shape[2]
        side = x.shape[2] - k + 1
        out = np.zeros((n, len(self.F), side, side))
        for i in range(side):
            for j in range(side):
                patch = x[:, :, i : i + k, j : j + k].reshape(n, -1)
                out[:, :, i, j] = patch.dot(self.F.reshape(len(self.F), -1).T) + self.b
        return out

    def backward(self, dout):
        n, k = self.x.shape[0], self.F.shape[2]
        self.dF, self.db = np.zeros_like(self.F), np.zeros_like(self.b)
        dx = np.zeros_like(self.x)
        for m in range(n):
            for f in range(len(self.F)):
                for i in range(dout.shape[2]):
                    for j in range(dout.shape[3]):
                        d = dout[m, f, i, j]
                        self.dF[f] += self.x[m, :, i : i + k, j : j + k] * d
                        self.db[f] = d
                        dx[m, :, i : i + k, j : j + k] += self.F[f] * d
        return dx


def backprop(F1, F2, c, X, Y):
    first, second = Conv(F1, c), Conv(F2[None], np.zeros(1))
    h = np.tanh(first.forward(X))
    out = second.forward(h)
    dout = 2 * (out[:, 0] - Y)
    dh = second.backward(dout[:, None])
    first.backward(dh * (1 - h * h))
    return first.dF, second.dF[0], first.db

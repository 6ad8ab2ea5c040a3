"""Tapestry axes turned the same way again.

expected kind: transpose
wrong line: 106
correction 106: dh2 = np.transpose(dturned, (0, 2, 3, 1))
what: The axes that were turned before the dense layer are turned in the same way again on the way back, where the inverse belongs; all three are as long
source: https://github.com/flexflow/flexflow-train/pull/1676
said: the backward pass of a transposition applied the permutation of the forward pass and not its inverse, which a test with a permutation that is its own inverse hid
"""

import numpy as np

PARAMETERS = ["F1", "c1", "F2", "c2", "w"]


def data(seed=0):
    r = np.random.default_rng(seed)
    F1, c1 = 0.7 * r.normal(size=(2, 2, 2, 3)), 0.3 * r.normal(size=3)
    F2, c2 = 0.7 * r.normal(size=(2, 2, 3, 2)), 0.3 * r.normal(size=2)
    return F1, c1, F2, c2, r.normal(size=8), r.normal(size=(4, 4, 4, 2)), r.normal(size=4)


def woven(x, F, side):
    return sum(x[:, i : i + side, j : j + side] @ F[i, j] for i in range(2) for j in range(2))


def loss(F1, c1, F2, c2, w, cloths, years):
    first = np.tanh(woven(cloths, F1, 3) + c1)
    second = np.tanh(woven(first, F2, 2) + c2)
    # channels come first in the dense layer
    flat = second.transpose(0, 3, 1, 2).reshape(len(cloths), 8)
    return 0.5 * np.mean((flat @ w - years) ** 2)


class Conv:
    """Slides a window over pictures whose channels come last."""

    def __init__(self, F, c):
        self.F, self.c = F, c
        self.dF, self.dc = np.zeros_like(F), np.zeros_like(c)

    def places(self):
        side = self.x.shape[1] - 1
        for i in range(side):
            for j in range(side):
                yield i, j, (slice(None), slice(i, i + 2), slice(j, j + 2))

    def forward(self, x):
        self.x = x
        side = x.shape[1] - 1
        self.out = np.zeros((len(x), side, side, len(self.c)))
        for i, j, window in self.places():
            self.out[:, i, j] = np.tensordot(x[window], self.F, axes=3) + self.c
        np.tanh(self.out, out=self.out)
        return self.out

    def backward(self, dout):
        dz = dout * (1 - self.out**2)
        dx = np.zeros_like(self.x)
        for i, j, window in self.places():
            self.dF += np.tensordot(self.x[window], dz[:, i, j], axes=(0, 0))
            self.dc += dz[:, i, j].sum(axis=0)
            dx[window] += np.tensordot(dz[:, i, j], self.F, axes=(1, 3))
        return dx


def right(F1, c1, F2, c2, w, cloths, years):
    lower, upper = Conv(F1, c1), Conv(F2, c2)
    top = np.moveaxis(upper.forward(lower.forward(cloths)), 3, 1)
    guesses = np.array([np.dot(w, t.ravel()) for t in top])
    off = (guesses - years) / len(years)
    dw = sum(o * t.ravel() for o, t in zip(off, top))
    dtop = off[:, None, None, None] * w.reshape(1, 2, 2, 2)
    lower.backward(upper.backward(np.moveaxis(dtop, 1, 3)))
    return lower.dF, lower.dc, upper.dF, upper.dc, dw


def to_columns(x, kh, kw):
    N, H, W, C = x.shape
    windows = [x[:, i : i + kh, j : j + kw, :].reshape(N, -1) for i in range(H - kh + 1) for j in range(W - kw + 1)]
    return np.stack(windows, axis=1)


def from_columns(cols, shape, kh, kw):
    N, H, W, C = shape
    x, n = np.zeros(shape), 0
    for i in range(H - kh + 1):
        for j in range(W - kw + 1):
            x[:, i : i + kh, j : j + kw, :] += cols[:, n].reshape(N, kh, kw, C)
            n += 1
    return x


def backprop(F1, c1, F2, c2, w, cloths, years):
    N = len(cloths)
    # two convolutions, a dense layer
    cols1 = to_columns(cloths, 2, 2)
    h1 = np.tanh(cols1 @ F1.reshape(-1, 3) + c1).reshape(N, 3, 3, 3)
    cols2 = to_columns(h1, 2, 2)
    h2 = np.tanh(cols2 @ F2.reshape(-1, 2) + c2).reshape(N, 2, 2, 2)
    turned = np.transpose(h2, (0, 3, 1, 2))
    flat = turned.reshape(N, -1)
    err = (flat @ w - years) / N
    dw = flat.T @ err
    dturned = np.outer(err, w).reshape(turned.shape)
    dh2 = np.transpose(dturned, (0, 3, 1, 2))
    dz2 = (dh2 * (1 - h2**2)).reshape(N, -1, 2)
    dF2 = np.einsum("npk,npf->kf", cols2, dz2).reshape(F2.shape)
    dc2 = dz2.sum(axis=(0, 1))
    dh1 = from_columns(dz2 @ F2.reshape(-1, 2).T, h1.shape, 2, 2)
    dz1 = (dh1 * (1 - h1**2)).reshape(N, -1, 3)
    dF1 = np.einsum("npk,npf->kf", cols1, dz1).reshape(F1.shape)
    dc1 = dz1.sum(axis=(0, 1))
    return dF1, dc1, dF2, dc2, dw

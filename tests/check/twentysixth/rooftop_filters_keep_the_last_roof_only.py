"""Rooftop filters keep the last roof only.

expected kind: missing-sum or missing-term
wrong line: 110
correction 110: self.dF += (g.T @ self.rows).reshape(self.F.shape)
what: The gradient of the filters is written over by every picture, not added to
source: https://github.com/BVLC/caffe/pull/3254
said: two lines of a convolution layer overwrite the gradients of its parameters, which all layers ought to accumulate
"""

import numpy as np

PARAMETERS = ["F1", "c1", "F2", "c2", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    F1, c1 = 0.6 * r.normal(size=(2, 1, 3, 3)), 0.4 * r.normal(size=2)
    F2, c2 = r.normal(size=(3, 2, 2, 2)), 0.4 * r.normal(size=3)
    return F1, c1, F2, c2, r.normal(size=3), r.normal(size=(4, 1, 7, 7)), r.normal(size=4)


def convolve(x, F, c, stride):
    k = F.shape[2]
    m = (x.shape[2] - k) // stride
    out = c[:, None, None]
    for i in range(k):
        for j in range(k):
            seen = x[:, :, i : i + stride * m + 1 : stride, j : j + stride * m + 1 : stride]
            out = out + np.einsum("nchw,oc->nohw", seen, F[:, :, i, j])
    return out


def loss(F1, c1, F2, c2, v, roofs, snow):
    first = np.maximum(convolve(roofs, F1, c1, 2), 0)
    second = np.maximum(convolve(first, F2, c2, 1), 0)
    return np.mean((np.mean(second, axis=(2, 3)) @ v - snow) ** 2)


def im2col(x, k, stride):
    n, c, size, _ = x.shape
    m = (size - k) // stride + 1
    col = np.zeros((n, c, k, k, m, m))
    for i in range(k):
        for j in range(k):
            col[:, :, i, j] = x[:, :, i : i + stride * m : stride, j : j + stride * m : stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * m * m, -1)


def col2im(col, shape, k, stride):
    n, c, size, _ = shape
    m = (size - k) // stride + 1
    col = col.reshape(n, m, m, c, k, k).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((n, c, size + stride, size + stride))
    for i in range(k):
        for j in range(k):
            img[:, :, i : i + stride * m : stride, j : j + stride * m : stride] += col[:, :, i, j]
    return img[:, :, :size, :size]


def conv_forward(x, F, c, stride):
    col = im2col(x, F.shape[2], stride)
    m = (x.shape[2] - F.shape[2]) // stride + 1
    out = col @ F.reshape(len(F), -1).T + c
    return out.reshape(len(x), m, m, len(F)).transpose(0, 3, 1, 2), (x.shape, col, F, stride)


def conv_backward(dout, cache):
    shape, col, F, stride = cache
    dout = dout.transpose(0, 2, 3, 1).reshape(-1, len(F))
    dcol = dout @ F.reshape(len(F), -1)
    return col2im(dcol, shape, F.shape[2], stride), (dout.T @ col).reshape(F.shape), dout.sum(axis=0)


def right(F1, c1, F2, c2, v, roofs, snow):
    z1, cache1 = conv_forward(roofs, F1, c1, 2)
    z2, cache2 = conv_forward(np.maximum(z1, 0), F2, c2, 1)
    a2 = np.maximum(z2, 0)
    pooled = a2.mean(axis=(2, 3))
    err = 2 * (pooled @ v - snow) / len(snow)
    dpooled = np.outer(err, v)
    da2 = np.ones_like(a2) * dpooled[:, :, None, None] / (a2.shape[2] * a2.shape[3])
    da1, dF2, dc2 = conv_backward(da2 * (z2 > 0), cache2)
    _, dF1, dc1 = conv_backward(da1 * (z1 > 0), cache1)
    return dF1, dc1, dF2, dc2, pooled.T @ err


class Conv:
    """Windows of one picture as rows of a matrix."""

    def __init__(self, F, c, stride):
        self.F, self.c, self.stride = F, c, stride
        self.dF, self.dc = np.zeros(F.shape), np.zeros(c.shape)

    def corners(self, picture):
        last = picture.shape[1] - self.F.shape[2]
        return [(i, j) for i in range(0, last + 1, self.stride) for j in range(0, last + 1, self.stride)]

    def forward(self, picture):
        k = self.F.shape[2]
        self.picture = picture
        self.rows = np.array([picture[:, i : i + k, j : j + k].ravel() for i, j in self.corners(picture)])
        self.out = self.rows @ self.F.reshape(len(self.F), -1).T + self.c
        side = int(np.sqrt(len(self.rows)))
        return np.maximum(self.out, 0).T.reshape(-1, side, side)

    def backward(self, dout):
        k = self.F.shape[2]
        g = dout.reshape(len(self.F), -1).T * (self.out > 0)
        self.dF = (g.T @ self.rows).reshape(self.F.shape)
        self.dc += g.sum(axis=0)
        back = np.zeros(self.picture.shape)
        for (i, j), row in zip(self.corners(self.picture), g @ self.F.reshape(len(self.F), -1)):
            back[:, i : i + k, j : j + k] += row.reshape(-1, k, k)
        return back


def backprop(F1, c1, F2, c2, v, roofs, snow):
    layers = [Conv(F1, c1, 2), Conv(F2, c2, 1)]
    dv = np.zeros(v.shape)
    for picture, depth in zip(roofs, snow):
        for layer in layers:
            picture = layer.forward(picture)
        heights = picture.mean(axis=(1, 2))
        off = 2 * (v @ heights - depth) / len(snow)
        dv += off * heights
        d = np.ones(picture.shape) * (off * v)[:, None, None] / picture[0].size
        for layer in reversed(layers):
            d = layer.backward(d)
    return layers[0].dF, layers[0].dc, layers[1].dF, layers[1].dc, dv

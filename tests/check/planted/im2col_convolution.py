"""Two convolutions by im2col, the first with a stride, each with a bias, ReLU between them."""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(3, 2, 9, 10)),  # N, C, H, W
        rng.normal(size=(3, 5, 3, 2)),
        rng.normal(size=(4, 2, 3, 2)),  # F, C, KH, KW; stride 2: 4 x 5
        rng.normal(size=4),
        rng.normal(size=(5, 4, 2, 4)),  # stride 1: 3 x 2
        rng.normal(size=5),
    )


def windows(x, kh, kw, stride):
    """Output height and width, and (row, column) of the upper left corner of each window."""
    oh = (x.shape[2] - kh) // stride + 1
    ow = (x.shape[3] - kw) // stride + 1
    return oh, ow, [(i * stride, j * stride) for i in range(oh) for j in range(ow)]


def im2col(x, kh, kw, stride):
    corners = windows(x, kh, kw, stride)[2]
    patches = [x[:, :, i : i + kh, j : j + kw].reshape(len(x), -1) for i, j in corners]
    return np.stack(patches, axis=1)  # N, OH * OW, C * KH * KW


def convolve(x, W, b, stride):
    filters, _, kh, kw = W.shape
    oh, ow, _ = windows(x, kh, kw, stride)
    out = im2col(x, kh, kw, stride) @ W.reshape(filters, -1).T + b
    return out.reshape(len(x), oh, ow, filters).transpose(0, 3, 1, 2)


def loss(x, target, W1, b1, W2, b2):
    a = np.maximum(convolve(x, W1, b1, 2), 0)
    return np.sum((convolve(a, W2, b2, 1) - target) ** 2) / (2 * len(x))


def col2im(dcol, shape, kh, kw, stride):
    dx = np.zeros(shape)
    n, channels, height, width = shape
    oh, ow = (height - kh) // stride + 1, (width - kw) // stride + 1
    dcol = dcol.reshape(n, oh * ow, channels, kh, kw)
    for i in range(oh):
        for j in range(ow):
            top, left = i * stride, j * stride
            dx[:, :, top : top + kh, left : left + kw] += dcol[:, i * ow + j]
    return dx


def convolve_backward(dout, x, W, stride):
    filters, channels, kh, kw = W.shape
    col = im2col(x, kh, kw, stride)
    col = col.reshape(-1, col.shape[2])
    dflat = dout.transpose(0, 2, 3, 1).reshape(-1, filters)
    db = dflat.sum(axis=0)
    dW = (dflat.T @ col).reshape(W.shape)
    dcol = dflat @ W.reshape(filters, -1)
    return col2im(dcol, x.shape, kh, kw, stride), dW, db


def backprop(x, target, W1, b1, W2, b2):
    z = convolve(x, W1, b1, 2)
    a = np.maximum(z, 0)
    out = convolve(a, W2, b2, 1)
    dout = (out - target) / len(x)
    da, dW2, db2 = convolve_backward(dout, a, W2, 1)
    dz = da * (z > 0)
    _, dW1, db1 = convolve_backward(dz, x, W1, 2)
    return dW1, db1, dW2, db2


MISTAKES = [
    ("dout.transpose(0, 2, 3, 1).reshape(-1, filters)", "dout.reshape(-1, filters)", "transpose or wrong-shape",
     "reshaped without bringing the channels last"),
    ("dout.transpose(0, 2, 3, 1).reshape(-1, filters)", "dout.transpose(0, 3, 2, 1).reshape(-1, filters)", "transpose or wrong-shape",
     "rows and columns of the output exchanged"),
    ("dout.transpose(0, 2, 3, 1).reshape(-1, filters)", "dout.reshape(filters, -1).T", "transpose or wrong-shape",
     "as for a single image: the batch axis goes before the filters"),
    ("left : left + kw] += dcol", "left : left + kw] = dcol", "missing-sum or missing-term", "overlapping windows overwrite each other"),
    ("dcol[:, i * ow + j]", "dcol[:, j * oh + i]", "transpose or wrong-shape", "windows counted in column order"),
    ("dcol[:, i * ow + j]", "dcol[:, i + j]", "wrong-shape or stale-value or unexplained", "width of the output forgotten in the flat index"),
    ("dcol = dflat @ W.reshape(filters, -1)", "dcol = dflat @ W[:, :, ::-1, ::-1].reshape(filters, -1)", "reversed",
     "kernel rotated by 180 degrees although col2im scatters already"),
    ("dW = (dflat.T @ col).reshape(W.shape)", "dW = (col.T @ dflat).reshape(W.shape)", "transpose",
     "transposed product forced into shape"),
    ("dcol.reshape(n, oh * ow, channels, kh, kw)", "dcol.reshape(n, oh * ow, kh, kw, channels).transpose(0, 1, 4, 2, 3)",
     "transpose or wrong-shape", "channels-last layout of the columns assumed"),
    ("db = dflat.sum(axis=0)", "db = dflat.mean(axis=0)", "mean-for-sum", "bias gradient averaged"),
    ("db = dflat.sum(axis=0)", "db = dout[:, :, 0, 0].sum(axis=0)", "missing-sum", "bias gradient of one output position only"),
    ("dz = da * (z > 0)", "dz = da", "missing-factor", "ReLU forgotten"),
    ("dz = da * (z > 0)", "dz = np.maximum(da, 0)", "wrong-mask", "ReLU applied to the gradient"),
    ("dout = (out - target) / len(x)", "dout = (out - target) / out.size", "mean-for-sum or scale", "mean over all elements"),
    ("da, dW2, db2 = convolve_backward(dout, a, W2, 1)", "da, dW2, db2 = convolve_backward(dout, z, W2, 1)",
     "wrong-point or stale-value", "the cache holds what was before the ReLU"),
]  # fmt: skip

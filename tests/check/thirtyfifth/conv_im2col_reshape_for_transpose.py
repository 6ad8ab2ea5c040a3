"""A convolution by im2col, the columns are patches.

expected kind: transpose or wrong-shape
wrong line: 57
correction 57: dcols = w.reshape(F, -1).T @ d
what: the matrix of the filters is brought to the shape of its transpose by reshape
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["x", "w", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2, 4, 4)), rng.normal(size=(3, 2, 2, 2)), rng.normal(size=3), rng.normal(size=(2, 3, 3, 3))

def im2col(x, kh, kw):
    N, C, H, W = x.shape
    cols = [x[:, :, i:i + kh, j:j + kw].reshape(N, -1) for i in range(H - kh + 1) for j in range(W - kw + 1)]
    return np.array(cols).transpose(2, 0, 1).reshape(C * kh * kw, -1)

def loss(x, w, b, t):
    out = np.zeros(t.shape)
    for i in range(t.shape[2]):
        for j in range(t.shape[3]):
            patch = x[:, :, i:i + 2, j:j + 2]
            out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return np.sum(np.tanh(out) * t)

def right(x, w, b, t):
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    Ho, Wo = H - kh + 1, W - kw + 1
    cols = im2col(x, kh, kw)
    out = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    d = (1 - np.tanh(out) ** 2) * t.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (d @ cols.T).reshape(w.shape)
    db = d.sum(axis=1)
    dcols = w.reshape(F, -1).T @ d
    dcols = dcols.reshape(C, kh, kw, Ho, Wo, N)
    dx = np.zeros(x.shape)
    for i in range(Ho):
        for j in range(Wo):
            dx[:, :, i:i + kh, j:j + kw] += dcols[:, :, :, i, j].transpose(3, 0, 1, 2)
    return dx, dw, db

def backprop(x, w, b, t):
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    Ho, Wo = H - kh + 1, W - kw + 1
    cols = im2col(x, kh, kw)
    out = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    d = (1 - np.tanh(out) ** 2) * t.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (d @ cols.T).reshape(w.shape)
    db = d.sum(axis=1)
    dcols = w.reshape(-1, F) @ d
    dcols = dcols.reshape(C, kh, kw, Ho, Wo, N)
    dx = np.zeros(x.shape)
    for i in range(Ho):
        for j in range(Wo):
            dx[:, :, i:i + kh, j:j + kw] += dcols[:, :, :, i, j].transpose(3, 0, 1, 2)
    return dx, dw, db

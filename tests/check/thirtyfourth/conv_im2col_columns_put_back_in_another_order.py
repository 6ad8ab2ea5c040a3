"""convolution by im2col: col2im reads the columns in another order than im2col wrote them.

expected kind: transpose or wrong-shape
wrong line: 50
correction 50: dcol = dcol.reshape(n, oh, ow, c, K, K).transpose(0, 3, 4, 5, 1, 2)
what: the columns are channel, row, column; they are put back as row, column, channel
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

K = 2

def im2col(x):
    n, c, h, w = x.shape
    oh, ow = h - K + 1, w - K + 1
    col = np.zeros((n, c, K, K, oh, ow))
    for a in range(K):
        for b in range(K):
            col[:, :, a, b] = x[:, :, a:a + oh, b:b + ow]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(n * oh * ow, -1)

def loss(x, W, b, t):
    out = [np.sum(x[n, :, i:i + K, j:j + K] * W[f]) + b[f] for n in range(2) for i in range(3) for j in range(2) for f in range(4)]
    return 0.5 * np.sum((np.stack(out).reshape(12, 4) - t) ** 2)

def right(x, W, b, t):
    n, c, h, w = x.shape
    oh, ow = h - K + 1, w - K + 1
    col, flat = im2col(x), W.reshape(len(W), -1)
    dout = col @ flat.T + b - t
    dW = (dout.T @ col).reshape(W.shape)
    db = dout.sum(axis=0)
    dcol = dout @ flat
    dcol = dcol.reshape(n, oh, ow, c, K, K).transpose(0, 3, 4, 5, 1, 2)
    dx = np.zeros_like(x)
    for a in range(K):
        for e in range(K):
            dx[:, :, a:a + oh, e:e + ow] += dcol[:, :, a, e]
    return dx, dW, db

def backprop(x, W, b, t):
    n, c, h, w = x.shape
    oh, ow = h - K + 1, w - K + 1
    col, flat = im2col(x), W.reshape(len(W), -1)
    dout = col @ flat.T + b - t
    dW = (dout.T @ col).reshape(W.shape)
    db = dout.sum(axis=0)
    dcol = dout @ flat
    dcol = dcol.reshape(n, oh, ow, K, K, c).transpose(0, 5, 3, 4, 1, 2)
    dx = np.zeros_like(x)
    for a in range(K):
        for e in range(K):
            dx[:, :, a:a + oh, e:e + ow] += dcol[:, :, a, e]
    return dx, dW, db

PARAMETERS = ["x", "W", "b"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 3, 4, 3)), r.normal(size=(4, 3, 2, 2)), r.normal(size=4), r.normal(size=(12, 4))]

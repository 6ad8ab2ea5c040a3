"""Conv im2col columns without stride and padding.

expected kind: wrong-point or wrong-shape or stale-value or wrong-axis or unexplained
wrong line: 42
correction 42: col = im2col(x, W.shape[-1], pad=1, stride=2)
what: the backward pass takes the patches anew, without the padding and the stride that the convolution has
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "b"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(2, 2, 5, 5)), r.normal(size=(3, 2, 3, 3)), r.normal(size=3), r.normal(size=(2, 3, 9))

def im2col(x, k, pad=0, stride=1):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    size = (x.shape[2] - k) // stride + 1
    cols = [x[:, :, i * stride:i * stride + k, j * stride:j * stride + k].reshape(len(x), -1)
            for i in range(size) for j in range(size)]
    return np.stack(cols, axis=2)

def conv(x, W, b):
    col = im2col(x, 3, pad=1, stride=2)
    return W.reshape(3, -1) @ col + b[:, None]

def loss(x, W, b, t):
    return np.sum(np.tanh(conv(x, W, b)) * t)

def right(x, W, b, t):
    dz = t * (1 - np.tanh(conv(x, W, b)) ** 2)
    col = im2col(x, W.shape[-1], pad=1, stride=2)
    dW = np.einsum("nfp,nkp->fk", dz, col).reshape(W.shape)
    db = dz.sum(axis=(0, 2))
    return dW, db

def backprop(x, W, b, t):
    dz = t * (1 - np.tanh(conv(x, W, b)) ** 2)
    col = im2col(x, W.shape[-1])
    dW = np.einsum("nfp,nkp->fk", dz, col).reshape(W.shape)
    db = dz.sum(axis=(0, 2))
    return dW, db

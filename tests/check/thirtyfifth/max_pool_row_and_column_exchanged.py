"""Max pooling of 2 by 2 with the places of the maxima kept.

expected kind: wrong-mask or transpose or wrong-shape or swapped-operands or unexplained
wrong line: 56 or 57
correction 56: row, col = divmod(int(where[n, c, i, j]), 2)
correction 57: dx[n, c, 2 * i + col, 2 * j + row] += dout[n, c, i, j]
what: the flat place of a maximum is taken apart into column and row instead of row and column
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["x", "w"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(2, 2, 4, 6)), rng.normal(size=(12, 3)), rng.normal(size=(2, 3))

def pool_forward(x):
    N, C, H, W = x.shape
    windows = x.reshape(N, C, H // 2, 2, W // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, C, H // 2, W // 2, 4)
    return windows.max(axis=-1), windows.argmax(axis=-1)

def loss(x, w, t):
    out, _ = pool_forward(x)
    return np.mean((out.reshape(len(x), -1) @ w - t) ** 2)

def right(x, w, t):
    out, where = pool_forward(x)
    flat = out.reshape(x.shape[0], -1)
    dy = 2 * (flat @ w - t) / t.size
    dw = flat.T @ dy
    dout = (dy @ w.T).reshape(out.shape)
    dx = np.zeros_like(x)
    N, C, H, W = out.shape
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    row, col = divmod(int(where[n, c, i, j]), 2)
                    dx[n, c, 2 * i + row, 2 * j + col] += dout[n, c, i, j]
    return {"x": dx, "w": dw}

def backprop(x, w, t):
    out, where = pool_forward(x)
    flat = out.reshape(x.shape[0], -1)
    dy = 2 * (flat @ w - t) / t.size
    dw = flat.T @ dy
    dout = (dy @ w.T).reshape(out.shape)
    dx = np.zeros_like(x)
    N, C, H, W = out.shape
    for n in range(N):
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    col, row = divmod(int(where[n, c, i, j]), 2)
                    dx[n, c, 2 * i + row, 2 * j + col] += dout[n, c, i, j]
    return {"x": dx, "w": dw}

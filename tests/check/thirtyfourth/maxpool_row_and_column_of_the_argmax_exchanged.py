"""max pooling: row and column of the flat argmax exchanged.

expected kind: swapped-operands or transpose or wrong-mask or wrong-shape or wrong-point
wrong line: 48 or 49
correction 48: row, col = idx // k, idx % k
correction 49: da[n, c, i * k + col, j * k + row] = dp[n, c, i, j]
what: idx % k is taken for the row, idx // k for the column
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

k = 2

def pool(x):
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // k, k, w // k, k).transpose(0, 1, 2, 4, 3, 5)
    flat = blocks.reshape(n, c, h // k, w // k, k * k)
    return flat.max(axis=-1), flat.argmax(axis=-1)

def loss(x, V, y):
    n, c, h, w = x.shape
    p = np.max(np.tanh(x).reshape(n, c, h // k, k, w // k, k), axis=(3, 5))
    return 0.5 * np.sum((p.reshape(n, -1) @ V - y) ** 2)

def right(x, V, y):
    a = np.tanh(x)
    p, arg = pool(a)
    e = p.reshape(len(x), -1) @ V - y
    dV = p.reshape(len(x), -1).T @ e
    dp = (e @ V.T).reshape(p.shape)
    da = np.zeros_like(a)
    for n, c, i, j in np.ndindex(*p.shape):
        idx = arg[n, c, i, j]
        row, col = idx // k, idx % k
        da[n, c, i * k + row, j * k + col] = dp[n, c, i, j]
    return da * (1 - a ** 2), dV

def backprop(x, V, y):
    a = np.tanh(x)
    p, arg = pool(a)
    e = p.reshape(len(x), -1) @ V - y
    dV = p.reshape(len(x), -1).T @ e
    dp = (e @ V.T).reshape(p.shape)
    da = np.zeros_like(a)
    for n, c, i, j in np.ndindex(*p.shape):
        idx = arg[n, c, i, j]
        row, col = idx % k, idx // k
        da[n, c, i * k + row, j * k + col] = dp[n, c, i, j]
    return da * (1 - a ** 2), dV

PARAMETERS = ["x", "V"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 2, 4, 6)), r.normal(size=(12, 3)), r.normal(size=(2, 3))]

"""average pooling: the gradient is handed on whole.

expected kind: scale or missing-factor or sum-for-mean
wrong line: 38 or 46
correction 38: dout = 2 * (pool_forward(A, W) - T) / (f * f)
correction 46: dZ[i, r:r + f, s:s + f, c] += np.ones((f, f)) * dout[i, h, v, c] / (f * f)
what: each element of a window gets the whole gradient instead of a share of it
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

f, stride = 3, 1

def pool_forward(A, W):
    Z = A * W
    m, H, V, C = Z.shape
    rows, cols = range(0, H - f + 1, stride), range(0, V - f + 1, stride)
    out = [np.mean(Z[i, r:r + f, s:s + f, c]) for i in range(m) for r in rows for s in cols for c in range(C)]
    return np.stack(out).reshape(m, len(rows), len(cols), C)

def loss(A, W, T):
    return np.sum((pool_forward(A, W) - T) ** 2)

def right(A, W, T):
    dout = 2 * (pool_forward(A, W) - T) / (f * f)
    m, h_out, v_out, C = dout.shape
    dZ = np.zeros_like(A)
    for i in range(m):
        for h in range(h_out):
            for v in range(v_out):
                for c in range(C):
                    r, s = h * stride, v * stride
                    dZ[i, r:r + f, s:s + f, c] += np.ones((f, f)) * dout[i, h, v, c]
    return dZ * W, np.sum(dZ * A, axis=(0, 1, 2))

def backprop(A, W, T):
    dout = 2 * (pool_forward(A, W) - T)
    m, h_out, v_out, C = dout.shape
    dZ = np.zeros_like(A)
    for i in range(m):
        for h in range(h_out):
            for v in range(v_out):
                for c in range(C):
                    r, s = h * stride, v * stride
                    dZ[i, r:r + f, s:s + f, c] += np.ones((f, f)) * dout[i, h, v, c]
    return dZ * W, np.sum(dZ * A, axis=(0, 1, 2))

PARAMETERS = ["A", "W"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 5, 4, 2)), r.normal(size=2), r.normal(size=(2, 3, 2, 2))]

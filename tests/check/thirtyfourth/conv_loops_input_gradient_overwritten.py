"""convolution in loops: windows overwrite each other's gradient.

expected kind: missing-sum or missing-term
wrong line: 52
correction 52: dxp[n, :, r:r + k, c:c + k] += w[f] * dout[n, f, i, j]
what: assigned where it has to be added: of the filters and overlapping windows only the last is kept
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

stride, pad = 1, 1

def conv_forward(x, w, b):
    N, C, H, W = x.shape
    F, _, k, _ = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, cols = range(0, H + 2 * pad - k + 1, stride), range(0, W + 2 * pad - k + 1, stride)
    out = [np.sum(xp[n, :, r:r + k, c:c + k] * w[f]) + b[f] for n in range(N) for f in range(F) for r in rows for c in cols]
    return np.stack(out).reshape(N, F, len(rows), len(cols)), xp

def loss(x, w, b, t):
    return 0.5 * np.sum((conv_forward(x, w, b)[0] - t) ** 2)

def right(x, w, b, t):
    out, xp = conv_forward(x, w, b)
    dout = out - t
    N, F, oh, ow = dout.shape
    k = w.shape[2]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(oh):
                for j in range(ow):
                    r, c = i * stride, j * stride
                    dw[f] += xp[n, :, r:r + k, c:c + k] * dout[n, f, i, j]
                    dxp[n, :, r:r + k, c:c + k] += w[f] * dout[n, f, i, j]
    return dxp[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))

def backprop(x, w, b, t):
    out, xp = conv_forward(x, w, b)
    dout = out - t
    N, F, oh, ow = dout.shape
    k = w.shape[2]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(oh):
                for j in range(ow):
                    r, c = i * stride, j * stride
                    dw[f] += xp[n, :, r:r + k, c:c + k] * dout[n, f, i, j]
                    dxp[n, :, r:r + k, c:c + k] = w[f] * dout[n, f, i, j]
    return dxp[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))

PARAMETERS = ["x", "w", "b"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(2, 2, 4, 4)), r.normal(size=(2, 2, 3, 3)), r.normal(size=2), r.normal(size=(2, 2, 4, 4))]

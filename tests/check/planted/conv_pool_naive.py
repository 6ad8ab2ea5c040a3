"""Convolution (stride 2), ReLU, max pooling (stride 1, windows overlap), dense softmax layer, by loops over everything."""
import numpy as np

PARAMETERS = ["x", "w", "b", "fc", "fcb"]
STRIDE, POOL = 2, 2


def data(seed=0):
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(5, 2, 7, 9)), rng.permutation(np.array([0, 1, 2, 3, 2])), rng.normal(size=(4, 2, 3, 3)),
            rng.normal(size=4) + 1, rng.normal(size=(4 * 2 * 3, 6)) * 0.4, rng.normal(size=6))


def loss(x, y, w, b, fc, fcb):
    rows = []
    for i in range(0, x.shape[2] - 2, STRIDE):
        patches = [x[:, None, :, i : i + 3, j : j + 3] for j in range(0, x.shape[3] - 2, STRIDE)]
        rows.append(np.stack([np.sum(p * w, axis=(2, 3, 4)) + b for p in patches], axis=-1))
    a = np.maximum(np.stack(rows, axis=2), 0)
    a = np.maximum(a[:, :, 1:], a[:, :, :-1])
    a = np.maximum(a[:, :, :, 1:], a[:, :, :, :-1])
    s = np.reshape(a, (len(y), -1)) @ fc + fcb
    return np.mean(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(len(y)), y])


def conv_forward_naive(x, w, b):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    out = np.zeros((N, F, 1 + (H - HH) // STRIDE, 1 + (W - WW) // STRIDE))
    for n, f, i, j in np.ndindex(*out.shape):
        window = x[n, :, i * STRIDE : i * STRIDE + HH, j * STRIDE : j * STRIDE + WW]
        out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out


def conv_backward_naive(dout, x, w):
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[0])
    (N, F, H_out, W_out), (HH, WW) = dout.shape, w.shape[2:]
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    top, left = i * STRIDE, j * STRIDE
                    dw[f] += x[n, :, top : top + HH, left : left + WW] * dout[n, f, i, j]
                    dx[n, :, top : top + HH, left : left + WW] += w[f] * dout[n, f, i, j]
                    db[f] += dout[n, f, i, j]
    return dx, dw, db


def pool_backward(dA, A_prev):
    dA_prev = np.zeros(A_prev.shape)
    m, n_C, n_H, n_W = dA.shape
    for i in range(m):
        for c in range(n_C):
            for h in range(n_H):
                for v in range(n_W):
                    a_slice = A_prev[i, c, h : h + POOL, v : v + POOL]
                    mask = a_slice == np.max(a_slice)
                    dA_prev[i, c, h : h + POOL, v : v + POOL] += mask * dA[i, c, h, v]
    return dA_prev


def backprop(x, y, w, b, fc, fcb):
    z = conv_forward_naive(x, w, b)
    a = np.maximum(z, 0)
    N, F, H, W = a.shape
    pooled = np.zeros((N, F, H - POOL + 1, W - POOL + 1))
    for i, j in np.ndindex(*pooled.shape[2:]):
        pooled[:, :, i, j] = a[:, :, i : i + POOL, j : j + POOL].max(axis=(2, 3))
    flat = pooled.reshape(N, -1)
    s = flat @ fc + fcb
    probs = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)

    ds = (probs - np.eye(len(fcb))[y]) / N
    dfc, dfcb = flat.T @ ds, ds.sum(axis=0)
    dpooled = (ds @ fc.T).reshape(pooled.shape)
    da = pool_backward(dpooled, a)
    dz = da * (z > 0)
    return *conv_backward_naive(dz, x, w), dfc, dfcb


MISTAKES = [
    ("top, left = i * STRIDE, j * STRIDE", "top, left = i, j", "wrong-shape or wrong-point", "stride forgotten on the way back"),
    ("dA_prev[i, c, h : h + POOL, v : v + POOL] += mask * dA[i, c, h, v]",
     "dA_prev[i, c, h : h + POOL, v : v + POOL] = mask * dA[i, c, h, v]", "missing-sum or missing-term",
     "windows overlap: = overwrites (cs231n 2019 solutions)"),
    ("dx[n, :, top : top + HH, left : left + WW] += w[f] * dout[n, f, i, j]",
     "dx[n, :, top : top + HH, left : left + WW] = w[f] * dout[n, f, i, j]", "missing-sum or missing-term", "not accumulated"),
    ("                    dx[n, :, top : top + HH, left : left + WW] += w[f] * dout[n, f, i, j]\n",
     "                    dx[n, :, top : top + HH, left : left + WW] += w[f, :, ::-1, ::-1] * dout[n, f, i, j]\n", "reversed",
     "kernel turned by 180 degrees, which belongs to the formula as a full convolution"),
    ("dz = da * (z > 0)", "dz = da", "missing-factor or wrong-mask", "ReLU forgotten"),
    ("dz = da * (z > 0)", "dz = da * (da > 0)", "wrong-mask", "mask of the gradient"),
    ("mask = a_slice == np.max(a_slice)", "mask = a_slice == np.max(A_prev[i, c])", "wrong-mask", "maximum of the whole map"),
    ("mask = a_slice == np.max(a_slice)", "mask = np.ones((POOL, POOL)) / POOL**2", "wrong-mask or another-loss", "backward of average pooling"),
    ("+= mask * dA[i, c, h, v]", "+= mask * np.max(a_slice) * dA[i, c, h, v]", "repeated-factor", "the maximum itself as factor"),
    ("db[f] += dout[n, f, i, j]", "db[f] = dout[n, f, i, j]", "missing-sum or missing-term", "the last place only"),
    ("                    db[f] += dout[n, f, i, j]\n", "                db[f] += dout[n, f, i, j]\n", "missing-sum or missing-term",
     "one indentation too few: once for each row, with a stale j"),
    ("    return dA_prev\n", "    return dA_prev.transpose(0, 1, 3, 2).reshape(A_prev.shape)\n", "transpose", "rows and columns exchanged and put in shape"),
    ("(ds @ fc.T).reshape(pooled.shape)", "(ds @ fc.T).reshape(N, H - POOL + 1, W - POOL + 1, F).transpose(0, 3, 1, 2)", "transpose or wrong-shape",
     "channels last, though the forward pass has them first"),
    ("    return dA_prev\n", "        return dA_prev\n", "missing-sum or missing-term", "return inside of the loop: the first example only"),
    ("dw[f] += x[n, :, top : top + HH, left : left + WW] * dout[n, f, i, j]",
     "dw[f] += x[n, :, top : top + HH, left : left + WW] * dout[n, f, i, j] / N", "mean-for-sum", "averaged once more"),
    ("np.eye(len(fcb))[y]) / N", "np.eye(len(fcb))[y])", "sum-for-mean", "not averaged"),
    ("dw[f] += x[n, :, top : top + HH, left : left + WW]", "dw[f] += x[n, 0, top : top + HH, left : left + WW]",
     "wrong-shape or wrong-axis", "the first channel for all, by broadcasting"),
]

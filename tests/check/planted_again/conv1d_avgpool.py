"""1-D convolution with stride 2, tanh, overlapping average pooling, dense layer; loops over positions."""

import numpy as np

PARAMETERS = ["x", "W", "b", "V", "c"]
STRIDE, POOL = 2, 2


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(3, 2, 11))  # examples, channels, length
    t = rng.normal(size=(3, 5))
    W = rng.normal(size=(4, 2, 3)) * 0.6  # filters, channels, width
    b = rng.normal(size=4)
    V, c = rng.normal(size=(16, 5)) * 0.5, rng.normal(size=5)
    return x, t, W, b, V, c


def loss(x, t, W, b, V, c):
    width = W.shape[2]
    steps = (x.shape[2] - width) // STRIDE + 1
    columns = []
    for p in range(steps):
        window = x[:, :, p * STRIDE : p * STRIDE + width]
        columns.append(np.sum(window[:, None] * W, axis=(2, 3)) + b)
    h = np.tanh(np.stack(columns, axis=2))
    pooled = np.stack([np.mean(h[:, :, q : q + POOL], axis=2) for q in range(steps - POOL + 1)], axis=2)
    out = np.reshape(pooled, (len(x), -1)) @ V + c
    return 0.5 * np.sum((out - t) ** 2) / len(x)


def conv_forward(x, W, b):
    N, F, width = x.shape[0], W.shape[0], W.shape[2]
    steps = (x.shape[2] - width) // STRIDE + 1
    z = np.zeros((N, F, steps))
    for p in range(steps):
        s = p * STRIDE
        z[:, :, p] = np.einsum("ncw,fcw->nf", x[:, :, s : s + width], W) + b
    return z


def pool_forward(h):
    return np.stack([h[:, :, q : q + POOL].mean(axis=2) for q in range(h.shape[2] - POOL + 1)], axis=2)


def pool_backward(dout, h):
    dh = np.zeros_like(h)
    for q in range(dout.shape[2]):
        for j in range(POOL):
            dh[:, :, q + j] += dout[:, :, q] / POOL
    return dh


def conv_backward(dz, x, W):
    dx, dW = np.zeros_like(x), np.zeros_like(W)
    db = np.zeros(W.shape[0])
    width = W.shape[2]
    for p in range(dz.shape[2]):
        start = p * STRIDE
        for n in range(dz.shape[0]):
            for f in range(dz.shape[1]):
                g = dz[n, f, p]
                dW[f] += g * x[n, :, start : start + width]
                dx[n, :, start : start + width] += g * W[f]
                db[f] += g
    return dx, dW, db


def backprop(x, t, W, b, V, c):
    h = np.tanh(conv_forward(x, W, b))
    pooled = pool_forward(h)
    flat = pooled.reshape(len(x), -1)
    dout = (flat @ V + c - t) / len(x)
    dV = flat.T @ dout
    dpooled = (dout @ V.T).reshape(pooled.shape)
    dh = pool_backward(dpooled, h)
    dz = dh * (1 - h**2)
    dx, dW, db = conv_backward(dz, x, W)
    return {"x": dx, "W": dW, "b": db, "V": dV, "c": dout.sum(axis=0)}


MISTAKES = [
    ("dh[:, :, q + j] += dout", "dh[:, :, q + j] = dout", "missing-sum or missing-term or detached", "overlapping windows overwrite each other"),
    ("dout[:, :, q] / POOL", "dout[:, :, q]", "sum-for-mean", "average pooling passed on as if it were a sum"),
    ("        for j in range(POOL):\n            dh[:, :, q + j] += dout[:, :, q] / POOL\n",
     "        dh[:, :, q] += dout[:, :, q] / POOL\n", "missing-term", "only the first element of the window"),
    ("start = p * STRIDE\n", "start = p\n", "wrong-point or wrong-shape", "stride missing in the backward pass"),
    ("dW[f] += g * x[n, :, start : start + width]", "dW[f] += g * x[n, :, p : p + width]", "wrong-point or wrong-shape",
     "stride missing in the window for dW"),
    ("dW[f] += g", "dW[f] = g", "missing-sum or missing-term", "dW not accumulated"),
    ("dx[n, :, start : start + width] += g", "dx[n, :, start : start + width] = g", "missing-sum or missing-term", "dx overwritten where windows overlap and by every filter"),
    ("dx[n, :, start : start + width] += g * W[f]", "dx[n, :, start : start + width] += g * W[f][:, ::-1]", "reversed", "kernel flipped as for a true convolution"),
    ("                db[f] += g\n", "        db += dz[0, :, p]\n", "missing-sum", "bias gradient of the first example only"),
    ("                db[f] += g\n", "    db += dz.mean(axis=(0, 2))\n", "mean-for-sum", "mean over examples and positions"),
    ("dz = dh * (1 - h**2)", "dz = dh", "missing-factor", "derivative of tanh forgotten"),
    ("dz = dh * (1 - h**2)", "dz = dh * (1 - np.tanh(h) ** 2)", "wrong-point", "tanh of the activation"),
    ("dz = dh * (1 - h**2)", "dz = dh * (h > 0)", "wrong-activation", "derivative of relu"),
    ("dpooled = (dout @ V.T).reshape(pooled.shape)", "dpooled = (dout @ V.T).reshape(pooled.shape[0], pooled.shape[2], -1).transpose(0, 2, 1)",
     "transpose or wrong-shape", "positions and filters in the other order (both are 4)"),
    ("dpooled = (dout @ V.T).reshape(pooled.shape)", "dpooled = (dout @ V.T).reshape(pooled.shape)\n    dpooled *= 1 - pooled**2", "repeated-factor or repeated-term",
     "a derivative of tanh after the pooling too"),
    ("dout = (flat @ V + c - t) / len(x)", "dout = flat @ V + c - t / len(x)", "wrong-point or sum-for-mean", "brackets"),
    ("dout = (flat @ V + c - t) / len(x)", "dout = 2 * (flat @ V + c - t) / len(x)", "scale", "the half overlooked"),
    ("dout = (flat @ V + c - t) / len(x)", "dout = (flat @ V + c - t) / t.size", "scale or mean-for-sum", "divided by the number of elements"),
    ("for p in range(dz.shape[2]):", "for p in range(dz.shape[2] - 1):", "missing-term", "last position left out"),
    ("                g = dz[n, f, p]\n", "                g = max(dz[n, f, p], 0)\n",
     "repeated-factor or wrong-activation", "negative gradients clipped"),
    ("flat.T @ dout", "h[:, :, :-1].reshape(len(x), -1).T @ dout", "wrong-point or stale-value", "input of the pooling taken for that of the dense layer"),
]

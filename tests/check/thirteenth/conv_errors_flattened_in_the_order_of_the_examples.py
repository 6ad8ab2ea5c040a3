"""Conv errors flattened in the order of the examples.

expected kind: transpose or wrong-shape
wrong line: 127 or 126
correction 126: dout = (drelu * (out > 0)).transpose(1, 0, 2, 3)
correction 127: dout_col = dout.transpose(1, 0, 2, 3).reshape(F, -1)
what: The errors at the maps are flattened to one row for each filter without bringing the filters to the front
source: https://github.com/HIPS/autograd/pull/245
said: the layer was written along the wrong directions: the shape of the result was right, its content completely off
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "x"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2, x = (r.normal(size=s) for s in [(2, 2, 3, 3), 2, (8, 3), 3, (3, 2, 6, 6)])
    return W1, b1, W2, b2, x, np.array([2, 0, 1])


def loss(W1, b1, W2, b2, x, y):
    N = len(y)
    patches = np.stack([x[:, :, i : i + 4, j : j + 4] for i in range(3) for j in range(3)], axis=2)
    conv = np.einsum("ncpij,fcp->nfij", patches, W1.reshape(2, 2, 9)) + b1[None, :, None, None]
    a = np.maximum(conv, 0)
    pool = np.max(np.stack([a[:, :, i::2, j::2] for i in range(2) for j in range(2)]), axis=0)
    scores = pool.reshape(N, 8) @ W2 + b2
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(N), y])


class Conv:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        N, C, H, Wd = x.shape
        F, _, k, _ = self.W.shape
        out = np.zeros((N, F, H - k + 1, Wd - k + 1))
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                out[:, :, i, j] = np.tensordot(x[:, :, i : i + k, j : j + k], self.W, axes=([1, 2, 3], [1, 2, 3]))
        return out + self.b.reshape(1, -1, 1, 1)

    def backward(self, dout):
        k = self.W.shape[2]
        dx, dW, db = np.zeros_like(self.x), np.zeros_like(self.W), np.zeros_like(self.b)
        for n in range(dout.shape[0]):
            for f in range(dout.shape[1]):
                db[f] += np.sum(dout[n, f])
                for c in range(self.x.shape[1]):
                    for i in range(dout.shape[2]):
                        for j in range(dout.shape[3]):
                            dW[f, c] += self.x[n, c, i : i + k, j : j + k] * dout[n, f, i, j]
                            dx[n, c, i : i + k, j : j + k] += self.W[f, c] * dout[n, f, i, j]
        return dx, dW, db


class MaxPool:
    def forward(self, x):
        self.x = x
        N, C, H, W = x.shape
        return x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        for n, c, i, j in np.ndindex(dout.shape):
            window = self.x[n, c, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            a, b = np.unravel_index(np.argmax(window), window.shape)
            dx[n, c, 2 * i + a, 2 * j + b] = dout[n, c, i, j]
        return dx


def right(W1, b1, W2, b2, x, y):
    conv, pool = Conv(W1, b1), MaxPool()
    z = conv.forward(x)
    flat = pool.forward(np.maximum(z, 0)).reshape(len(x), -1)
    scores = flat @ W2 + b2
    probs = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = probs / probs.sum(axis=1, keepdims=True)
    delta = (probs - np.eye(3)[y]) / len(y)
    d = pool.backward((delta @ W2.T).reshape(len(x), 2, 2, 2))
    dx, dW1, db1 = conv.backward(d * (z > 0))
    return dW1, db1, flat.T @ delta, np.sum(delta, axis=0), dx


def im2col(x, k):
    N, C, H, W = x.shape
    oh, ow = H - k + 1, W - k + 1
    cols = np.zeros((C, k, k, N, oh, ow))
    for i in range(k):
        for j in range(k):
            cols[:, i, j] = x[:, :, i : i + oh, j : j + ow].transpose(1, 0, 2, 3)
    return cols.reshape(C * k * k, -1)


def col2im(cols, shape, k):
    N, C, H, W = shape
    oh, ow = H - k + 1, W - k + 1
    cols, x = cols.reshape(C, k, k, N, oh, ow), np.zeros(shape)
    for i in range(k):
        for j in range(k):
            x[:, :, i : i + oh, j : j + ow] += cols[:, i, j].transpose(1, 0, 2, 3)
    return x


def backprop(W1, b1, W2, b2, x, y):
    N, F = len(y), len(W1)
    x_col = im2col(x, 3)
    out = (W1.reshape(F, -1) @ x_col + b1[:, None]).reshape(F, N, 4, 4).transpose(1, 0, 2, 3)
    relu = np.maximum(out, 0)
    windows = relu.reshape(N, F, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(-1, 4)
    at = np.argmax(windows, axis=1)
    flat = windows[np.arange(len(at)), at].reshape(N, -1)
    p = np.exp(flat @ W2 + b2)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(N), y] -= 1
    dscores = p / N
    dW2, db2 = flat.T @ dscores, dscores.sum(axis=0)
    dpool = dscores @ W2.T
    dwindows = np.zeros_like(windows)
    dwindows[np.arange(len(at)), at] = dpool.ravel()
    drelu = dwindows.reshape(N, F, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(N, F, 4, 4)
    dout = drelu * (out > 0)
    dout_col = dout.reshape(F, -1)
    db1 = dout_col.sum(axis=1)
    dW1 = (dout_col @ x_col.T).reshape(W1.shape)
    dx = col2im(W1.reshape(F, -1).T @ dout_col, x.shape, 3)
    return dW1, db1, dW2, db2, dx

"""max pool largest of all channels.

expected kind: wrong-mask or wrong-axis
wrong line: 32
correction 32: mask = window == np.max(window, axis=(1, 2), keepdims=True)
what: the mask is where the window has the largest value of all channels, not where each channel has its own
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

K, S = 2, 2


class MaxPool:
    def forward(self, x):
        self.x = x
        N, C, H, W = x.shape
        self.out = np.zeros((N, C, (H - K) // S + 1, (W - K) // S + 1))
        for i in range(self.out.shape[2]):
            for j in range(self.out.shape[3]):
                self.out[:, :, i, j] = x[:, :, i * S : i * S + K, j * S : j * S + K].max(axis=(2, 3))
        return self.out

    def backward(self, dout):
        dx = np.zeros_like(self.x)
        N, C, Ho, Wo = dout.shape
        for n in range(N):
            for i in range(Ho):
                for j in range(Wo):
                    window = self.x[n, :, i * S : i * S + K, j * S : j * S + K]
                    mask = window == np.max(window)
                    dx[n, :, i * S : i * S + K, j * S : j * S + K] += mask * dout[n, :, i, j][:, None, None]
        return dx


def loss(x, V, t):
    pooled = MaxPool().forward(x)
    return np.sum((pooled.reshape(len(x), -1) @ V - t) ** 2)


def right(x, V, t):
    N, C, H, W = x.shape
    blocks = x.reshape(N, C, H // 2, 2, W // 2, 2)
    top = blocks.max(axis=(3, 5))
    flat = top.reshape(N, -1)
    e = 2 * (flat @ V - t)
    dx = (blocks == top[:, :, :, None, :, None]) * (e @ V.T).reshape(top.shape)[:, :, :, None, :, None]
    return dx.reshape(x.shape), flat.T @ e


def backprop(x, V, t):
    pool = MaxPool()
    flat = pool.forward(x).reshape(len(x), -1)
    dscore = 2 * (flat @ V - t)
    dV = flat.T @ dscore
    dpool = (dscore @ V.T).reshape(pool.out.shape)
    return pool.backward(dpool), dV


PARAMETERS = ["x", "V"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, 3, 4, 4)), rng.normal(size=(12, 2)), rng.normal(size=(2, 2))]

"""Arrays windmill biases averaged over the windows.

expected kind: mean-for-sum
wrong line: 86
correction 86: self.dbias = dz.sum(axis=0)
given as: arrays
what: The gradient of a bias is the mean over all windows, not the sum
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["K1", "c1", "K2", "c2", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    K1, c1 = 0.7 * r.normal(size=(3, 2, 3)), 0.5 * r.normal(size=3)
    K2, c2 = 0.7 * r.normal(size=(3, 3, 4)), 0.5 * r.normal(size=4)
    return K1, c1, K2, c2, r.normal(size=(4, 3)), r.normal(size=(5, 6, 2)), np.array([0, 2, 1, 1, 2])


def loss(K1, c1, K2, c2, V, wind, turn):
    x = wind
    for K, c in ((K1, c1), (K2, c2)):
        still = np.zeros((x.shape[0], 1, x.shape[2]), dtype=wind.dtype)
        padded = np.concatenate([still, x, still], axis=1)
        x = np.tanh(sum(padded[:, i : i + x.shape[1]] @ K[i] for i in range(3)) + c)
    scores = np.mean(x, axis=1) @ V
    return np.mean(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(turn)), turn])


def windows(x, width=3):
    """Windows of a sequence with silence at both ends: example, time, place in the window, channel."""
    padded = np.pad(x, ((0, 0), (width // 2, width // 2), (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(padded, width, axis=1).transpose(0, 1, 3, 2)


def right(K1, c1, K2, c2, V, wind, turn):
    kernels = [K1, K2]
    seen, outs = [], []
    x = wind
    for K, c in zip(kernels, (c1, c2)):
        seen.append(windows(x))
        x = np.tanh(np.einsum("ntki,kio->nto", seen[-1], K) + c)
        outs.append(x)
    mean = x.mean(axis=1)
    e = np.exp(mean @ V)
    dscores = (e / e.sum(axis=1, keepdims=True) - np.eye(V.shape[1])[turn]) / len(turn)
    dV = np.einsum("nc,ns->cs", mean, dscores)
    dx = np.repeat((dscores @ V.T)[:, None, :], x.shape[1], axis=1) / x.shape[1]
    found = []
    for l in (1, 0):
        dz = dx * (1 - outs[l] ** 2)
        found = [np.einsum("ntki,nto->kio", seen[l], dz), dz.sum(axis=(0, 1))] + found
        dx = np.einsum("ntko,kio->nti", windows(dz), kernels[l][::-1])
    return (*found, dV)


class Sails:
    def __init__(self, kernel, bias):
        self.k, self.i, self.o = kernel.shape
        self.flat, self.bias = kernel.reshape(-1, self.o), bias

    def to_columns(self, x):
        n, T, _ = x.shape
        columns = np.zeros((n * T, self.k * self.i))
        for s in range(n):
            for t in range(T):
                for j in range(self.k):
                    at = t + j - self.k // 2
                    if 0 <= at < T:
                        columns[s * T + t, j * self.i : (j + 1) * self.i] = x[s, at]
        return columns

    def forward(self, x):
        self.n, self.T, _ = x.shape
        self.columns = self.to_columns(x)
        self.y = np.tanh(self.columns @ self.flat + self.bias)
        return self.y.reshape(self.n, self.T, self.o)

    def backward(self, dy):
        dz = dy.reshape(-1, self.o) * (1 - self.y**2)
        self.dkernel = (self.columns.T @ dz).reshape(self.k, self.i, self.o)
        self.dbias = dz.mean(axis=0)
        dcolumns = (dz @ self.flat.T).reshape(self.n, self.T, self.k, self.i)
        dx = np.zeros((self.n, self.T, self.i))
        for t in range(self.T):
            for j in range(self.k):
                if 0 <= t + j - self.k // 2 < self.T:
                    dx[:, t + j - self.k // 2] += dcolumns[:, t, j]
        return dx


def backprop(K1, c1, K2, c2, V, wind, turn):
    low, high = Sails(K1, c1), Sails(K2, c2)
    x = high.forward(low.forward(wind))
    mean = x.sum(axis=1) / x.shape[1]
    p = np.exp(mean @ V)
    p /= p.sum(axis=1)[:, None]
    p[np.arange(len(turn)), turn] -= 1
    p /= len(turn)
    dx = np.stack([p @ V.T / x.shape[1]] * x.shape[1], axis=1)
    low.backward(high.backward(dx))
    return {"K1": low.dkernel, "c1": low.dbias, "K2": high.dkernel, "c2": high.dbias, "V": mean.T @ p}
